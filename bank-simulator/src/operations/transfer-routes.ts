import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { amountSchema, currencySchema, textSchema } from '@paycluster/contracts'
import type { Behaviours } from '../behaviour/behaviours.ts'
import { carryOut } from '../behaviour/carry-out.ts'
import { fingerprintOf, idempotencyKeyOf } from '../http/idempotency-key.ts'
import { parseBody } from '../http/validation.ts'
import { answerOperation } from './operation-answer.ts'
import type { OperationDesk } from './operation-desk.ts'

const transferSchema = z.strictObject({
  type: z.enum(['collection', 'payout']),
  amount: amountSchema,
  currency: currencySchema,
  reference: textSchema(100)
    .nullish()
    .transform((reference) => reference ?? null),
})

/** `POST /v1/transfers`: brings money to our account at the bank, or takes it out. */
export function addTransferRoutes(server: FastifyInstance, desk: OperationDesk, behaviours: Behaviours): void {
  server.post('/v1/transfers', async (request, reply) => {
    const idempotencyKey = idempotencyKeyOf(request)
    const transfer = parseBody(transferSchema, request.body)
    const { type, amount, currency, reference } = transfer
    const asked = { ...transfer, idempotencyKey, fingerprint: fingerprintOf(type, amount, currency, reference) }
    const planned = behaviours.next({ idempotencyKey, reference })
    request.behaviour = planned.behaviour.kind
    const operation = await carryOut(reply, planned, (verdict) =>
      desk.take(asked, () => ({ verdict: verdict ?? { outcome: { status: 'settled' } } })),
    )
    return operation === undefined ? reply : answerOperation(reply, operation)
  })
}
