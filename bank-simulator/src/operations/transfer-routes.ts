import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { amountSchema, currencySchema, textSchema } from '@paycluster/contracts'
import type { Behaviours } from '../behaviour/behaviours.ts'
import { fingerprintOf, idempotencyKeyOf, idempotencyKeySchema } from '../http/idempotency-key.ts'
import { parseBody } from '../http/validation.ts'
import type { OperationDesk } from './operation-desk.ts'
import { takeOperation } from './take-operation.ts'

const amountFields = {
  amount: amountSchema,
  currency: currencySchema,
  reference: textSchema(100)
    .nullish()
    .transform((reference) => reference ?? null),
}
const transferSchema = z.strictObject({ type: z.enum(['collection', 'payout']), ...amountFields })
/** With the key of the collection or card charge that is paid back. */
const refundSchema = z.strictObject({ refund_of: idempotencyKeySchema, ...amountFields })

/** Transfers bring money to our account at the bank, or take it out; refunds pay back what came, whole or in part. */
export function addTransferRoutes(server: FastifyInstance, desk: OperationDesk, behaviours: Behaviours): void {
  server.post('/v1/transfers', async (request, reply) => {
    const idempotencyKey = idempotencyKeyOf(request)
    const transfer = parseBody(transferSchema, request.body)
    const { type, amount, currency, reference } = transfer
    const fingerprint = fingerprintOf(type, amount, currency, reference)
    return takeOperation(request, reply, desk, behaviours, { ...transfer, idempotencyKey, fingerprint })
  })

  server.post('/v1/refunds', async (request, reply) => {
    const idempotencyKey = idempotencyKeyOf(request)
    const refund = parseBody(refundSchema, request.body)
    const { refund_of, amount, currency, reference } = refund
    const fingerprint = fingerprintOf('refund', refund_of, amount, currency, reference)
    return takeOperation(request, reply, desk, behaviours, { ...refund, type: 'refund', idempotencyKey, fingerprint })
  })
}
