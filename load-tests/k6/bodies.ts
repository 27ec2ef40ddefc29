/** Bodies, compared with what the API promises. Returns what is wrong, or undefined. */
import type { Balance, Entry, Payment } from '@paycluster/contracts'

const PAYMENT_ID_LENGTH = 42

interface AcceptedBody {
  readonly id?: unknown
  readonly status?: unknown
}

/** The id of a payment that was accepted, or undefined when the answer is no such thing. */
export function acceptedId(body: string): string | undefined {
  const { id, status } = parse<AcceptedBody>(body)
  const isAccepted = typeof id === 'string' && id.startsWith('pay_') && id.length === PAYMENT_ID_LENGTH
  return isAccepted && (status === 'queued' || status === 'succeeded' || status === 'failed') ? id : undefined
}

export function faultOfBalance(body: string, account: string, version: number | undefined): string | undefined {
  const balance = parse<Partial<Balance>>(body)
  if (balance.account_id !== account) return `of ${String(balance.account_id)}`
  if (balance.version !== version) return `version ${String(balance.version)} under ETag ${String(version)}`
  const { posted, pending_out, available } = balance
  if (posted === undefined || pending_out === undefined || available !== posted - pending_out)
    return `available ${String(available)} of ${String(posted)} - ${String(pending_out)}`
  return undefined
}

export function faultOfPayment(body: string, id: string): string | undefined {
  const payment = parse<Partial<Payment>>(body)
  if (payment.id !== id) return `of ${String(payment.id)}`
  const known = payment.status === 'queued' || payment.status === 'succeeded' || payment.status === 'failed'
  return known ? undefined : `status ${String(payment.status)}`
}

/** The newest page of a statement: sequences without a gap, and each balance follows from the one before. */
export function faultOfStatement(body: string): string | undefined {
  const { data } = parse<{ data?: Entry[] }>(body)
  if (data === undefined) return 'without data'
  for (let index = 1; index < data.length; index++) {
    const newer = data[index - 1]
    const older = data[index]
    if (newer === undefined || older === undefined) continue
    if (newer.seq !== older.seq + 1) return `sequence ${newer.seq} above ${older.seq}`
    if (newer.balance_after - newer.amount !== older.balance_after) return `balance before sequence ${newer.seq}`
  }
  return undefined
}

function parse<T extends object>(body: string): Partial<T> {
  try {
    return JSON.parse(body) as Partial<T>
  } catch {
    return {}
  }
}
