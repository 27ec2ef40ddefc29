import type { DeadLetter, FullDeadLetter } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'

/** A dead letter as the ledger holds it. */
export interface DeadLetterRow extends Omit<DeadLetter, 'resolved_by'> {
  readonly client_id: number | null
  readonly resolved_by_client_id: number | null
  readonly resolved_by_key_id: string | null
  readonly lsn: string
}

export interface FullDeadLetterRow extends DeadLetterRow {
  readonly key: Buffer | null
  readonly payload: Buffer | null
}

export function toDeadLetter(ids: IdCodec, row: DeadLetterRow): DeadLetter {
  const { payment_id, client_id, resolved_by_client_id, resolved_by_key_id } = row
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    first_at: row.first_at,
    last_at: row.last_at,
    version: row.version,
    partition: row.partition,
    offset: row.offset,
    payment_id: payment_id === null ? null : ids.fromUuid('pay', payment_id, client_id ?? 0),
    payload_bytes: row.payload_bytes,
    resolved_at: row.resolved_at,
    resolved_by:
      resolved_by_client_id === null || resolved_by_key_id === null
        ? null
        : { client_id: resolved_by_client_id, key_id: resolved_by_key_id },
    resolution: row.resolution,
  }
}

/** As text where both key and payload are UTF-8. */
export function toFullDeadLetter(ids: IdCodec, row: FullDeadLetterRow): FullDeadLetter {
  const payload = row.payload ?? Buffer.alloc(0)
  const payload_encoding = isText(payload) && (row.key === null || isText(row.key)) ? 'utf8' : 'base64'
  return {
    ...toDeadLetter(ids, row),
    key: row.key?.toString(payload_encoding) ?? null,
    payload: payload.toString(payload_encoding),
    payload_encoding,
  }
}

const isText = (bytes: Buffer): boolean => Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes)
