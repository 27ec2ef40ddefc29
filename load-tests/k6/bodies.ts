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

/**
 * What a payment's answer says of it: `q`ueued, `s`ucceeded, or `f:` and the failure's code. By search: a body that is
 * parsed costs 20 µs. Undefined when it says nothing.
 */
export function stateOfPayment(body: unknown): string | undefined {
  if (typeof body !== 'string') return undefined
  if (body.includes('"status":"succeeded"')) return 's'
  if (body.includes('"status":"queued"')) return 'q'
  if (!body.includes('"status":"failed"')) return undefined
  return `f:${/"code":"([a-z_]+)"/.exec(body)?.[1] ?? ''}`
}

/** The cursor of a page's next one, or undefined at the end of the list. */
export function nextCursorOf(body: unknown): string | undefined {
  return typeof body === 'string' ? /"next_cursor":"([^"]+)"\}$/.exec(body)?.[1] : undefined
}

/** The sequences of a page's first and last entry; undefined of an empty page. */
export function sequencesOf(body: unknown): { first: number | undefined; last: number | undefined } {
  if (typeof body !== 'string') return { first: undefined, last: undefined }
  return { first: sequenceAt(body, body.indexOf(SEQUENCE)), last: sequenceAt(body, body.lastIndexOf(SEQUENCE)) }
}

const SEQUENCE = '"seq":'
const sequenceAt = (body: string, at: number): number | undefined =>
  at < 0 ? undefined : parseInt(body.slice(at + SEQUENCE.length, at + SEQUENCE.length + 17))

function parse<T extends object>(body: unknown): Partial<T> {
  if (typeof body !== 'string') return {}
  try {
    return JSON.parse(body) as Partial<T>
  } catch {
    return {}
  }
}
