/** Bodies, compared with what the API promises. Returns what is wrong, or undefined. */
import type { Balance, Entry, Payment } from '@paycluster/contracts'

const PAYMENT_ID_LENGTH = 42

/** The id of a payment that was accepted, as its Location names it: undefined when it names none. */
export function acceptedAt(location: string | undefined): string | undefined {
  const id = location?.slice(-PAYMENT_ID_LENGTH)
  return id?.startsWith('pay_') === true ? id : undefined
}

export function faultOfAccepted(body: unknown, location: string): string | undefined {
  const { id, status } = parse<Payment>(body)
  if (id !== location) return `${String(id)} at the Location of ${location}`
  const isAccepted = status === 'queued' || status === 'succeeded' || status === 'failed'
  return isAccepted ? undefined : `accepted with status ${String(status)}`
}

export function faultOfBalance(body: unknown, account: string, version: number | undefined): string | undefined {
  const balance = parse<Partial<Balance>>(body)
  if (balance.account_id !== account) return `of ${String(balance.account_id)}`
  if (balance.version !== version) return `version ${String(balance.version)} under ETag ${String(version)}`
  const { posted, pending_out, available } = balance
  if (posted === undefined || pending_out === undefined || available !== posted - pending_out)
    return `available ${String(available)} of ${String(posted)} - ${String(pending_out)}`
  return undefined
}

export function faultOfPayment(body: unknown, id: string): string | undefined {
  const payment = parse<Partial<Payment>>(body)
  if (payment.id !== id) return `of ${String(payment.id)}`
  const known = payment.status === 'queued' || payment.status === 'succeeded' || payment.status === 'failed'
  return known ? undefined : `status ${String(payment.status)}`
}

/** The newest page of a statement: sequences without a gap, and each balance follows from the one before. */
export function faultOfStatement(body: unknown): string | undefined {
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

function parse<T extends object>(body: unknown): Partial<T> {
  if (typeof body !== 'string') return {}
  try {
    return JSON.parse(body) as Partial<T>
  } catch {
    return {}
  }
}
