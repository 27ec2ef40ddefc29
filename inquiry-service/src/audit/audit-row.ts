import type { AuditBatchRecord, AuditReceipt, AuditRecord } from '@paycluster/contracts'
import { pathOf } from '@paycluster/platform/audit/merkle-tree'

/** A record of a list, as the database has it. */
export interface AuditRecordRow extends AuditRecord {
  readonly lsn: string
}

export interface AuditBatchRow {
  readonly number: number
  readonly first_seq: number
  readonly count: number
  readonly made_at: string
  readonly previous_head: string
  readonly head: string
  readonly signature: string
  readonly has_next: boolean
  readonly lsn: string
}

export interface FullRecordRow {
  readonly seq: number
  readonly batch: number
  readonly partition: number
  readonly offset: number
  readonly body: Buffer
  readonly hash: string
}

export interface ReceiptRow extends Omit<FullRecordRow, 'batch' | 'hash'>, Omit<AuditBatchRow, 'has_next'> {
  /** Of the whole batch. */
  readonly leaves: readonly Buffer[]
}

export function toRecord(row: AuditRecordRow): AuditRecord {
  const { seq, partition, offset, batch, event_id, type, subject, recorded_at, hash } = row
  return { seq, partition, offset, batch, event_id, type, subject, recorded_at, hash }
}

export const toBatchRecord = ({ seq, partition, offset, body, hash }: FullRecordRow): AuditBatchRecord => ({
  seq,
  partition,
  offset,
  ...toText(body),
  hash,
})

export function toReceiptRecord(row: ReceiptRow): AuditReceipt['records'][number] {
  const { seq, partition, offset, body, number, first_seq, count, made_at, previous_head, head, signature } = row
  const path = pathOf(row.leaves, seq - first_seq).map((hash) => hash.toString('hex'))
  const batch = { number, first_seq, count, made_at, previous_head, head, signature }
  return { seq, partition, offset, ...toText(body), path, batch }
}

/** As text where it is UTF-8, so that the bytes come back as they were. */
function toText(bytes: Buffer): { body: string; body_encoding: 'utf8' | 'base64' } {
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes)
    ? { body: text, body_encoding: 'utf8' }
    : { body: bytes.toString('base64'), body_encoding: 'base64' }
}
