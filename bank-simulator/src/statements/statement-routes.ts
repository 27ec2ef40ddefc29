import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { stringify } from 'csv-stringify'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '@paycluster/platform/clock'
import { isoTime } from '@paycluster/platform/iso-time'
import type { Behaviours } from '../behaviour/behaviours.ts'
import { BankProblem } from '../http/bank-problem.ts'
import type { OperationBook, SettledEntry } from '../operations/operation-book.ts'
import { signedAmount } from '../operations/operation.ts'

const COLUMNS = [
  'id',
  'idempotency_key',
  'type',
  'amount',
  'currency',
  'reference',
  'settled_at',
  'balance_after',
] as const

const fileSchema = z.object({ file: z.string().regex(/\.csv$/) }).transform(({ file }) => file.slice(0, -'.csv'.length))
const daySchema = fileSchema.pipe(z.iso.date())

export interface Statements {
  readonly book: OperationBook
  readonly behaviours: Behaviours
  readonly clock: Clock
}

/** `GET /v1/statements/2026-11-27.csv`: what settled on a day of UTC, in that order, as RFC 4180 has it. */
export function addStatementRoutes(server: FastifyInstance, { book, behaviours, clock }: Statements): void {
  server.get('/v1/statements/:file', async ({ params }, reply) => {
    const day = daySchema.safeParse(params)
    if (!day.success || day.data > isoTime(clock.now()))
      throw new BankProblem('not_found', 'Statements are named by a day that has begun, as in 2026-11-27.csv.')
    await delay(behaviours.nextLatencyMs())
    const lines = Readable.from(linesOf(book.settledOn(day.data)))
    return reply
      .type('text/csv; charset=utf-8; header=present')
      .send(lines.pipe(stringify({ header: true, columns: [...COLUMNS], record_delimiter: 'windows' })))
  })
}

/** What there is when it begins: a day that is not over may get more while it is being sent. */
function* linesOf(entries: readonly SettledEntry[]): Generator<Record<(typeof COLUMNS)[number], string | number>> {
  for (const { operation, balanceAfter } of entries.slice()) {
    yield {
      id: operation.id,
      idempotency_key: operation.idempotency_key,
      type: operation.type,
      amount: signedAmount(operation),
      currency: operation.currency,
      reference: operation.reference ?? '',
      settled_at: operation.settled_at ?? '',
      balance_after: balanceAfter,
    }
  }
}
