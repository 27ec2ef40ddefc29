/**
 * I11: the audit log is as it was signed, batch by batch from the first, and what its records are found by is what they
 * say. The chain covers the records; the rows by which a list and a receipt find them lie beside it, and are compared here.
 */
import type { Client } from 'pg'
import { GENESIS_HEAD, headOf, HeadSigner, HeadVerifier, recordHash } from '@paycluster/platform/audit/audit-chain'
import { toAuditEvent } from '@paycluster/platform/audit/audit-event'
import { decodeContent } from '@paycluster/platform/audit/batch-content'
import { rootOf } from '@paycluster/platform/audit/merkle-tree'
import { messageOf } from '../cluster-error.ts'
import { add, findingOf, NOTHING, type Finding, type OffendingRow } from './invariant.ts'
import { inSnapshot } from './snapshot.ts'

/** About 20 MB with their events. */
const BATCHES_AT_ONCE = 8
const READ_BATCHES = `
  SELECT number::float8 AS number, first_seq::float8 AS first_seq, count, content, previous_head, head, signature,
    to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS made_at
  FROM audit_batches WHERE number > $1 ORDER BY number LIMIT $2`
const READ_RECORDS = `
  SELECT seq::float8 AS seq, batch::float8 AS batch, key, type FROM audit_records
  WHERE seq >= $1 AND seq < $2 ORDER BY seq`
const COUNT_RECORDS = 'SELECT count(*)::float8 AS count FROM audit_records'

interface BatchRow {
  readonly number: number
  readonly first_seq: number
  readonly count: number
  readonly content: Buffer
  readonly previous_head: Buffer
  readonly head: Buffer
  readonly signature: Buffer
  readonly made_at: string
}

interface RecordRow {
  readonly seq: number
  readonly batch: number
  readonly key: string
  readonly type: string
}

/** Where the next batch has to begin. */
interface End {
  readonly number: number
  readonly nextSeq: number
  readonly head: Buffer
}

/** @throws Error when the primary does not answer */
export async function checkAudit(primaryUrl: string, clusterSecret: string): Promise<Finding> {
  const verifier = new HeadVerifier(new HeadSigner(clusterSecret).publicKey)
  return inSnapshot(primaryUrl, async (client) => {
    let finding: Finding = NOTHING
    let end: End = { number: 0, nextSeq: 1, head: GENESIS_HEAD }
    for (;;) {
      const { rows } = await client.query<BatchRow>(READ_BATCHES, [end.number, BATCHES_AT_ONCE])
      if (rows.length === 0) break
      for (const batch of rows) {
        const offending = [...chainFaults(batch, end), ...(await contentFaults(client, batch, verifier))]
        finding = add(finding, findingOf(batch.count, offending))
        end = { number: batch.number, nextSeq: batch.first_seq + batch.count, head: batch.head }
      }
    }
    const { rows } = await client.query<{ count: number }>(COUNT_RECORDS)
    const more = (rows[0]?.count ?? 0) - finding.checked
    return more === 0 ? finding : add(finding, findingOf(0, [{ problem: 'rows by which no record is found', more }]))
  })
}

function* chainFaults({ number, first_seq, previous_head }: BatchRow, end: End): Generator<OffendingRow> {
  if (number !== end.number + 1) yield { problem: 'a batch is missing', batch: end.number + 1 }
  if (first_seq !== end.nextSeq)
    yield { problem: 'records are missing', batch: number, from: end.nextSeq, to: first_seq }
  if (!previous_head.equals(end.head)) yield { problem: 'a batch does not follow the one before it', batch: number }
}

async function contentFaults(client: Client, batch: BatchRow, verifier: HeadVerifier): Promise<OffendingRow[]> {
  const { number, first_seq: firstSeq, count, made_at: madeAt, previous_head: previousHead } = batch
  try {
    const records = await decodeContent(batch.content, firstSeq)
    const head = headOf({ number, firstSeq, count, madeAt, previousHead, root: rootOf(records.map(recordHash)) })
    const faults: OffendingRow[] = []
    if (records.length !== count || !head.equals(batch.head) || !verifier.isSigned(head, batch.signature))
      faults.push({ problem: 'a batch is not as it was signed', batch: number })
    const found = await client.query<RecordRow>(READ_RECORDS, [firstSeq, firstSeq + count])
    const bySeq = new Map(found.rows.map((row) => [row.seq, row]))
    for (const { seq, partition, offset, body } of records) {
      const row = bySeq.get(seq)
      const { key, type } = toAuditEvent(partition, { offset: String(offset), value: Buffer.from(body) })
      if (row === undefined) faults.push({ problem: 'a record is not found by anything', batch: number, seq, key })
      else if (row.key !== key || row.type !== type || row.batch !== number)
        faults.push({ problem: 'a record is found by something else', batch: number, seq, key, type, found: row })
    }
    return faults
  } catch (error) {
    return [{ problem: 'a batch cannot be read', batch: number, why: messageOf(error) }]
  }
}
