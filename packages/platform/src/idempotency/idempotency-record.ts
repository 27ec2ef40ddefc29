/**
 * What Redis remembers of an idempotency key for a day, under `idem:<id>`, where the id is the one that the key stands
 * for:
 *
 *     a|7|9f86d081884c7d659a2feaa0c55ad015|1764201600000|{"id":"pay_…","status":"queued",…}
 *     │ │ fingerprint of the body          │             └ the 202's body, answered as it is
 *     │ └ client number                    └ accepted at, in milliseconds of the epoch
 *     └ a: Kafka has the command · q: it was handed to Kafka, and its acknowledgement is not known ·
 *       f: a client has waited for the final state: `|<its consistency token>` comes before the body, which is the 201's
 *
 * Written by payment-service. inquiry-service reads it to tell the payer of a queued id more than the id, and to
 * know its payee.
 */
export interface IdempotencyRecord {
  readonly client: number
  /** 128 bits as 32 hexadecimal digits. */
  readonly fingerprint: string
  readonly created_at_ms: number
  /** Whether Kafka acknowledged the command. */
  readonly accepted: boolean
  /** The answer's body, JSON. */
  readonly body: string
  /** The consistency token of the final state in `body`; undefined while that is the 202's. */
  readonly token?: string
}

/** How long a key is remembered here; the ledger remembers it for ever. */
export const IDEMPOTENCY_TTL_S = 24 * 60 * 60

const RECORD = /^(?:[aq]|(f))\|(\d{1,16})\|([0-9a-f]{32})\|(\d{1,16})\|(?:([0-9a-z.:]+)\|)?(\{.*\})$/s

/** The key in Redis of a payment's or an account's record. */
export const idempotencyRecordKey = (id: string): string => `idem:${id}`

/** The record's text. */
export function formatIdempotencyRecord(record: IdempotencyRecord): string {
  const { accepted, client, fingerprint, created_at_ms, body, token } = record
  const head = `|${client}|${fingerprint}|${created_at_ms}|`
  return token === undefined ? `${accepted ? 'a' : 'q'}${head}${body}` : `f${head}${token}|${body}`
}

/** Reads a value of Redis; undefined when there is none or it is no record. */
export function readIdempotencyRecord(value: string | null | undefined): IdempotencyRecord | undefined {
  const match = RECORD.exec(value ?? '')
  if (match === null) return undefined
  const [text, final, client = '', fingerprint = '', createdAt = '', token, body = ''] = match
  if ((final === undefined) !== (token === undefined)) return undefined
  const record = { client: Number(client), fingerprint, created_at_ms: Number(createdAt), body }
  return token === undefined ? { ...record, accepted: text.startsWith('a') } : { ...record, accepted: true, token }
}
