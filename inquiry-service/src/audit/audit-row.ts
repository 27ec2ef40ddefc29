import type { AuditBatch, AuditBatchRecord, AuditReceipt, AuditRecord } from '@paycluster/contracts'
import { recordHash, type RecordContent } from '@paycluster/platform/audit/audit-chain'
import { decodeContent } from '@paycluster/platform/audit/batch-content'
import { pathOf } from '@paycluster/platform/audit/merkle-tree'

/** A record of a list, as the database has it. */
export interface AuditRecordRow extends Omit<AuditRecord, 'event_id'> {
  /** Of the event's id, what follows the subject, with its full stop; or all of it. */
  readonly rest: string
  readonly lsn: string
}

export interface AuditBatchRow extends Omit<AuditBatch, 'records'> {
  readonly content: Buffer
  readonly has_next: boolean
  readonly lsn: string
}

export interface ReceiptRow extends Omit<AuditBatchRow, 'has_next'> {
  readonly seq: number
}

export function toRecord({ seq, batch, subject, rest, type, recorded_at }: AuditRecordRow): AuditRecord {
  const event_id = rest.startsWith('.') ? subject + rest : rest
  return { seq, batch, event_id, type, subject, recorded_at }
}

export async function toBatch(row: AuditBatchRow): Promise<AuditBatch> {
  const { number, first_seq, made_at, previous_head, head, signature } = row
  const records = await decodeContent(row.content, first_seq)
  return { number, first_seq, made_at, previous_head, head, signature, records: records.map(toBatchRecord) }
}

function toBatchRecord(record: RecordContent): AuditBatchRecord {
  return { ...originOf(record), ...textOf(record), hash: recordHash(record).toString('hex') }
}

export async function toReceiptRecord(row: ReceiptRow): Promise<AuditReceipt['records'][number]> {
  const { seq, number, first_seq, made_at, previous_head, head, signature } = row
  const records = await decodeContent(row.content, first_seq)
  const index = seq - first_seq
  const record = records[index]
  if (record === undefined) throw new Error(`batch ${number} of the audit log lacks record ${seq}`)
  const path = pathOf(records.map(recordHash), index).map((hash) => hash.toString('hex'))
  const batch = { number, first_seq, count: records.length, made_at, previous_head, head, signature }
  return { ...originOf(record), ...textOf(record), path, batch }
}

const originOf = ({ seq, partition, offset }: RecordContent) => ({ seq, partition, offset })

/** As text where it is UTF-8, so that the bytes come back as they were. */
function textOf({ body }: RecordContent): { body: string; body_encoding: 'utf8' | 'base64' } {
  const bytes = Buffer.from(body)
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes)
    ? { body: text, body_encoding: 'utf8' }
    : { body: bytes.toString('base64'), body_encoding: 'base64' }
}
