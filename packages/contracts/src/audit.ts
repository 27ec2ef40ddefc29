/** The audit log: every event, in a chain of signed batches that can be checked by who trusts nobody. */
import { z } from 'zod'
import { timeSchema } from './text.ts'

const hashSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({
    description: 'SHA-256, hexadecimal',
    example: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  })
const seqSchema = z.int().positive().meta({ description: 'Counts the records of the log, without a gap' })
const batchNumberSchema = z.int().positive().meta({ description: 'Counts the batches of the log, without a gap' })

const origin = {
  seq: seqSchema,
  partition: z.int().nonnegative().meta({ description: 'Of `payment.events`' }),
  offset: z.int().nonnegative(),
}

export const auditRecordSchema = z
  .object({
    seq: seqSchema,
    batch: batchNumberSchema,
    event_id: z.string(),
    type: z.string().meta({ description: 'Of the event; `unreadable` for a message that is none' }),
    subject: z.string().meta({ description: 'What it is about: the id of a payment, an account, a key' }),
    recorded_at: timeSchema,
  })
  .meta({ id: 'AuditRecord', description: 'A record of the audit log, without its body' })
export type AuditRecord = z.infer<typeof auditRecordSchema>

const body = {
  body: z.string().meta({ description: 'The event as it stood in the log, byte by byte' }),
  body_encoding: z.enum(['utf8', 'base64']),
}

export const auditBatchRecordSchema = z.strictObject({ ...origin, ...body, hash: hashSchema })
export type AuditBatchRecord = z.infer<typeof auditBatchRecordSchema>

const header = {
  number: batchNumberSchema,
  first_seq: seqSchema,
  made_at: timeSchema,
  previous_head: hashSchema,
  head: hashSchema,
  signature: z
    .string()
    .regex(/^[0-9a-f]{128}$/)
    .meta({ description: 'Ed25519, of the head, hexadecimal' }),
}

export const auditBatchSchema = z
  .strictObject({ ...header, records: z.array(auditBatchRecordSchema).min(1) })
  .meta({ id: 'AuditBatch', description: 'A batch of the audit log, with all that is needed to check it' })
export type AuditBatch = z.infer<typeof auditBatchSchema>

const publicKeySchema = z.string().meta({ description: 'SPKI in PEM: to be kept where the log is not' })

/** A page of batches, oldest first. */
export const auditBatchPageSchema = z
  .object({ public_key: publicKeySchema, data: z.array(auditBatchSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'AuditBatchPage', description: 'Batches, oldest first, and the key that signs their heads' })
export type AuditBatchPage = z.infer<typeof auditBatchPageSchema>

export const auditReceiptSchema = z
  .strictObject({
    subject: z.string(),
    public_key: publicKeySchema,
    is_whole: z
      .boolean()
      .meta({ description: 'Whether these are all of its records: of more than a hundred, the newest' }),
    records: z
      .array(
        z.strictObject({
          ...origin,
          ...body,
          path: z.array(hashSchema).meta({ description: 'From the record to the root of its batch (RFC 9162, 2.1.3)' }),
          batch: z.strictObject({ ...header, count: z.int().positive() }),
        }),
      )
      .min(1),
  })
  .meta({ id: 'AuditReceipt', description: 'Proof that these events, and in this form, are in the audit log' })
export type AuditReceipt = z.infer<typeof auditReceiptSchema>

/** Ids of ours, and of clients and dead letters: no control characters, no spaces. */
export const auditSubjectSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/)
  .meta({ id: 'AuditSubject', description: 'The id of what an event is about', example: 'client_2' })
