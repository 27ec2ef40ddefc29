import { createBatchSchema, type Batch } from '@paycluster/contracts'
import { parseBody } from '@paycluster/platform/http/validation'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../commands/answer.ts'
import { takeCommand } from '../commands/command-intake.ts'
import { fingerprintOf } from '@paycluster/platform/idempotency/fingerprint'
import { demandIdempotencyKey } from '@paycluster/platform/http/idempotency-key'
import type { WriteRequest } from '../requests/write-request.ts'
import type { WriteSide } from '../write-side.ts'
import { accountErrors, commandFields, noSuchAccounts, queuedPayment } from './asked-payment.ts'

/** What Kafka takes in one message, and room for its envelope. The body alone may have 1 MiB. */
const MAX_COMMAND_BYTES = 1_000_000
const MAX_ERRORS = 20

/**
 * Accepts many payments at once, all of them or none: they are one message in the log. Whether they also succeed together
 * is the client's choice (`atomic`). Each has an id of its own, derived from the key and its place in the request.
 *
 * @throws ProblemError as `acceptPayment` does, with the place of the payment in the pointers · `payload_too_large` (413)
 */
export async function acceptBatch({ intake, ids }: WriteSide, request: WriteRequest): Promise<Answer> {
  const key = demandIdempotencyKey(request.idempotencyKey)
  const { payments, atomic } = parseBody(createBatchSchema, request.body)
  const { client } = request.identity
  const errors = payments.flatMap((payment, at) => accountErrors(ids, client, payment, `/payments/${at}`))
  if (errors.length > 0) throw noSuchAccounts(errors.slice(0, MAX_ERRORS))

  const asked = payments.map((body, at) => ({ body, id: ids.derive('pay', client, `batch ${key} ${at}`) }))
  const command = {
    type: 'payment.batch',
    id: ids.derive('opr', client, `batch ${key}`),
    payments: asked.map(({ id, body }) => ({ id, ...commandFields(body) })),
    ...(atomic === undefined ? {} : { atomic }),
    client,
    fingerprint: fingerprintOf({ payments, atomic }),
  } as const
  if (Buffer.byteLength(JSON.stringify(command)) > MAX_COMMAND_BYTES)
    throw new ProblemError('payload_too_large', 'The batch is too large: send it in two.')
  const queuedBody = (createdAt: string): string => {
    const batch: Batch = { data: asked.map(({ id, body }) => queuedPayment(id, body, createdAt)) }
    return JSON.stringify(batch)
  }
  return takeCommand(intake, {
    command,
    partitionKey: payments[0]?.source ?? command.id,
    hasKey: true,
    queuedBody,
    partIds: asked.map(({ id }) => id),
    location: '/v1/payments',
    waitS: request.waitS ?? 0,
    context: request.context,
  })
}
