import type { OperationEnd } from '../operations/operation-desk.ts'

/** A message to our client: an operation has ended. */
export interface Callback {
  /** The same for every delivery and every copy of it: the receiver tells by it what it has seen. */
  readonly id: string
  /** JSON. */
  readonly body: string
}

export function callbackOf({ operation, at }: OperationEnd): Callback {
  const { id, idempotency_key, type, status, decline_reason, amount, currency } = operation
  return {
    id: `msg_${id}`,
    body: JSON.stringify({ id, idempotency_key, type, status, decline_reason, amount, currency, occurred_at: at }),
  }
}
