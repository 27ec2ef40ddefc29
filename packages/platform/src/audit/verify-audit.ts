/** Checks an exported audit log, or a receipt, by nothing but what is in it and a public key. Pure. */
import { auditBatchSchema, auditReceiptSchema, type AuditBatch, type AuditReceipt } from '@paycluster/contracts'
import { z } from 'zod'
import { GENESIS_HEAD, headOf, HeadVerifier, recordHash } from './audit-chain.ts'
import { rootOf, rootOfPath } from './merkle-tree.ts'

/** The first line of an export. */
export const exportHeadSchema = z.strictObject({
  format: z.literal('payment-cluster audit'),
  version: z.literal(1),
  public_key: z.string(),
})
export type ExportHead = z.infer<typeof exportHeadSchema>

/** Something that is not as it was signed. */
export class AuditFault extends Error {}

/** What was checked, and found to be as it was signed. */
export interface CheckedLog {
  readonly batches: number
  readonly records: number
  /** 0 where there is no record. */
  readonly firstSeq: number
  readonly lastSeq: number
  /** Of the last batch, hexadecimal: to be compared with one that was kept elsewhere. */
  readonly head: string
  /** False for a part of the log that begins later: what was before it was not checked. */
  readonly isFromStart: boolean
}

/**
 * Checks an export, line by line, holding one batch at a time.
 *
 * @param lines  an {@link ExportHead}, then a batch each
 * @param publicKey  the one to trust, in PEM; without it the export's own, which proves that nothing has changed since,
 *   not who wrote it
 * @throws AuditFault that names the first record or batch that is not as it was signed, or says that the key is none
 */
export async function verifyExport(lines: AsyncIterable<string>, publicKey?: string): Promise<CheckedLog> {
  let verifier: HeadVerifier | undefined
  let last: AuditBatch | undefined
  let [batches, records, firstSeq, lastSeq, lineNumber] = [0, 0, 0, 0, 0]
  let isFromStart = true
  for await (const line of lines) {
    lineNumber += 1
    if (verifier === undefined) {
      verifier = verifierOf(publicKey ?? parse(exportHeadSchema, line, 'the first line').public_key)
      if (publicKey !== undefined) parse(exportHeadSchema, line, 'the first line')
      continue
    }
    const batch = parse(auditBatchSchema, line, `line ${lineNumber}`)
    if (last === undefined) {
      firstSeq = batch.first_seq
      isFromStart = batch.number === 1
    }
    checkOrder(batch, last)
    checkBatch(batch, verifier)
    batches += 1
    records += batch.records.length
    lastSeq = batch.first_seq + batch.records.length - 1
    last = batch
  }
  if (verifier === undefined) throw new AuditFault('the file is empty')
  return { batches, records, firstSeq, lastSeq, head: last?.head ?? GENESIS_HEAD.toString('hex'), isFromStart }
}

function verifierOf(publicKey: string): HeadVerifier {
  try {
    return new HeadVerifier(publicKey)
  } catch (cause) {
    throw new AuditFault(cause instanceof Error ? cause.message : 'the key is none', { cause })
  }
}

/** Whether a batch follows the one before it. */
function checkOrder({ number, first_seq, previous_head }: AuditBatch, last: AuditBatch | undefined): void {
  if (last === undefined) {
    if (number !== 1) return
    if (previous_head !== GENESIS_HEAD.toString('hex')) throw new AuditFault('batch 1 follows another one')
    if (first_seq !== 1) throw new AuditFault('record 1 is missing')
    return
  }
  if (number !== last.number + 1) throw new AuditFault(`batch ${last.number + 1} is missing: ${number} is in its place`)
  const expected = last.first_seq + last.records.length
  if (first_seq !== expected)
    throw new AuditFault(`record ${expected} is missing: batch ${number} begins at ${first_seq}`)
  if (previous_head !== last.head) throw new AuditFault(`batch ${number} does not follow batch ${last.number}`)
}

function checkBatch(batch: AuditBatch, verifier: HeadVerifier): void {
  const { number, first_seq: firstSeq, made_at: madeAt, records } = batch
  records.forEach((record, index) => {
    const expected = firstSeq + index
    if (record.seq !== expected) throw new AuditFault(`record ${expected} is missing: ${record.seq} is in its place`)
    if (hashOf(record).toString('hex') !== record.hash) throw new AuditFault(`record ${record.seq} is altered`)
  })
  const root = rootOf(records.map(({ hash }) => Buffer.from(hash, 'hex')))
  const previousHead = Buffer.from(batch.previous_head, 'hex')
  const head = headOf({ number, firstSeq, count: records.length, madeAt, previousHead, root })
  if (head.toString('hex') !== batch.head) {
    const which =
      records.length === 1 ? `record ${firstSeq}` : `one of the records ${firstSeq} to ${firstSeq + records.length - 1}`
    throw new AuditFault(`batch ${number} is altered: its time or its number, or ${which} together with its hash`)
  }
  if (!verifier.isSigned(head, Buffer.from(batch.signature, 'hex')))
    throw new AuditFault(`batch ${number} is not signed with the key`)
}

/**
 * Checks a receipt.
 *
 * @param publicKey  as in {@link verifyExport}
 * @returns the events that are proven, as they stood in the log
 * @throws AuditFault that names the first record that is not proven, or says that the key is none
 */
export function verifyReceipt(text: string, publicKey?: string): readonly string[] {
  const { subject, public_key, records } = parse(auditReceiptSchema, text, 'the file')
  const verifier = verifierOf(publicKey ?? public_key)
  let lastSeq = 0
  return records.map((record) => {
    const { seq, path, batch } = record
    if (seq <= lastSeq) throw new AuditFault(`record ${seq} stands there twice, or out of its order`)
    lastSeq = seq
    const { number, first_seq: firstSeq, count, made_at: madeAt } = batch
    const hashes = path.map((hash) => Buffer.from(hash, 'hex'))
    const root = rootOfPath(hashOf(record), seq - firstSeq, count, hashes)
    const previousHead = Buffer.from(batch.previous_head, 'hex')
    const head = root && headOf({ number, firstSeq, count, madeAt, previousHead, root })
    if (head?.toString('hex') !== batch.head)
      throw new AuditFault(`record ${seq} is altered, or not of batch ${number}`)
    if (!verifier.isSigned(Buffer.from(batch.head, 'hex'), Buffer.from(batch.signature, 'hex')))
      throw new AuditFault(`batch ${number} is not signed with the key`)
    const event = bodyOf(record).toString('utf8')
    if (subjectOf(event) !== subject) throw new AuditFault(`record ${seq} is not about ${subject}`)
    return event
  })
}

type Hashed = AuditReceipt['records'][number] | AuditBatch['records'][number]

/** @throws AuditFault for text that stands for the same bytes as another one */
function bodyOf({ seq, body, body_encoding }: Hashed): Buffer {
  const bytes = Buffer.from(body, body_encoding)
  if (bytes.toString(body_encoding) !== body)
    throw new AuditFault(`record ${seq} is altered: its body is written otherwise`)
  return bytes
}

const hashOf = (record: Hashed): Buffer =>
  recordHash({ seq: record.seq, partition: record.partition, offset: record.offset, body: bodyOf(record) })

/** Undefined for what is no event. */
function subjectOf(event: string): unknown {
  try {
    return (JSON.parse(event) as { subject?: unknown }).subject
  } catch {
    return undefined
  }
}

function parse<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new AuditFault(`${what} is not JSON`)
  }
  // A member that stands there twice counts once, and whoever reads the file by eye sees another one.
  if (![JSON.stringify(value), JSON.stringify(value, null, 2)].includes(text.trimEnd()))
    throw new AuditFault(`${what} is not as an export writes it`)
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AuditFault(`${what} is not of an export: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trimEnd())
}
