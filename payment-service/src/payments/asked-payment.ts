/** What a body that asks for a payment comes to: in the command, and in the answer. */
import { DEFAULT_HOLD_SECONDS, type CreatePayment, type FieldError, type Payment } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'

/** What the worker needs to know of the body: a hold by its length, whether that was said or is the default. */
export function commandFields({ capture, hold_seconds, ...fields }: CreatePayment) {
  return capture === undefined ? fields : { ...fields, hold_seconds: hold_seconds ?? DEFAULT_HOLD_SECONDS }
}

/**
 * The fields that name an account which is not there for this client: a source that is not its own, a destination that this
 * cluster never issued.
 *
 * @param at  where the payment is in the body, as an RFC 6901 pointer
 */
export function accountErrors(
  ids: IdCodec,
  client: number,
  { source, destination }: CreatePayment,
  at = '',
): FieldError[] {
  const errors: FieldError[] = []
  const add = (pointer: string, detail: string) => errors.push({ pointer, code: 'account_not_found', detail })
  if (!ids.isOwnedBy('acc', source, client)) add(`${at}/source`, 'is not an account of yours')
  if (!ids.isIssued('acc', destination)) add(`${at}/destination`, 'is not an account')
  return errors
}

/** 404 with the fields at fault: to this client, the accounts that they name are not there. */
export const noSuchAccounts = (errors: readonly FieldError[]): ProblemError =>
  new ProblemError('not_found', 'The payment names an account that does not exist for you.', { errors })

/** The payment as it is answered while it is in the log. */
export function queuedPayment(id: string, body: CreatePayment, createdAt: string): Payment {
  return {
    id,
    status: 'queued',
    source: body.source,
    destination: body.destination,
    amount: body.amount,
    currency: body.currency,
    reference: body.reference ?? null,
    description: body.description ?? null,
    metadata: body.metadata ?? {},
    failure: null,
    capture: body.capture ?? 'automatic',
    captured: 0,
    refunded: 0,
    expires_at: expiryOf(body, createdAt),
    created_at: createdAt,
    completed_at: null,
    version: 0,
  }
}

function expiryOf({ capture, hold_seconds = DEFAULT_HOLD_SECONDS }: CreatePayment, createdAt: string): string | null {
  return capture === undefined ? null : new Date(Date.parse(createdAt) + hold_seconds * 1000).toISOString()
}
