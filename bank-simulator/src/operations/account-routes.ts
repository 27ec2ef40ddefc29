import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Behaviours } from '../behaviour/behaviours.ts'
import { BankProblem } from '../http/bank-problem.ts'
import { idempotencyKeySchema } from '../http/idempotency-key.ts'
import { parseQuery } from '../http/validation.ts'
import type { OperationBook } from './operation-book.ts'
import type { OperationDesk } from './operation-desk.ts'

const lookupSchema = z.strictObject({ idempotency_key: idempotencyKeySchema })

export interface Account {
  readonly book: OperationBook
  readonly desk: OperationDesk
  readonly behaviours: Behaviours
}

/** What the bank says of our account: an operation by its key, and the balances. They are slow, and do not fail. */
export function addAccountRoutes(server: FastifyInstance, { book, desk, behaviours }: Account): void {
  server.get('/v1/operations', async ({ query }) => {
    const { idempotency_key: key } = parseQuery(lookupSchema, query)
    await delay(behaviours.nextLatencyMs())
    const operation = await desk.find(key)
    if (operation === undefined) throw new BankProblem('not_found', 'No operation came with this idempotency key.')
    return operation
  })

  server.get('/v1/balance', async () => {
    await delay(behaviours.nextLatencyMs())
    return { balances: Object.fromEntries(book.balances()) }
  })
}
