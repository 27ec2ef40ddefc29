import { z } from 'zod'
import { timeSchema } from '@paycluster/contracts'
import { operationSchema, outcomeSchema } from '../operations/operation.ts'

/** One line of the journal. Read in order, the lines are the bank's state. */
export const journalRecordSchema = z.discriminatedUnion('record', [
  /** An operation came, and was decided; a pending one with the end that it will have. */
  z.strictObject({
    record: z.literal('accepted'),
    operation: operationSchema,
    fingerprint: z.string(),
    due: z.strictObject({ at: timeSchema, outcome: outcomeSchema }).optional(),
  }),
  /** A pending one ended. */
  z.strictObject({ record: z.literal('resolved'), id: z.string(), at: timeSchema, outcome: outcomeSchema }),
])

export type JournalRecord = z.output<typeof journalRecordSchema>
export type Accepted = Extract<JournalRecord, { record: 'accepted' }>
export type Resolved = Extract<JournalRecord, { record: 'resolved' }>
