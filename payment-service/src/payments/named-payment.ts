import { accountIdSchema } from '@paycluster/contracts'
import type { IdempotencyRecord } from '@paycluster/platform/idempotency/idempotency-record'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'
import { z } from 'zod'

const payerSchema = z.object({ source: accountIdSchema })

/** @throws ProblemError `not_found` (404) for an id that this cluster never issued */
export function demandPayment(ids: IdCodec, id: string): void {
  if (!ids.isIssued('pay', id)) throw new ProblemError('not_found', 'There is no such payment.')
}

/**
 * Which partition what is asked of a payment goes to: the one that has the payment's own command, by its payer's account,
 * so that it comes behind it. Only the record of the payment's idempotency key tells the account here. Without one the
 * payment is a day old or Redis lost it: then its id is as good, for it has been posted long since, or the worker will
 * say that it has not.
 */
export async function partitionKeyOf(
  keys: { find(id: string): Promise<IdempotencyRecord | undefined> },
  paymentId: string,
): Promise<string> {
  const record = await keys.find(paymentId)
  const { data } = payerSchema.safeParse(record === undefined ? undefined : JSON.parse(record.body))
  return data?.source ?? paymentId
}
