/**
 * What could not be done: commands that the ledger cannot post, payments about which a bank cannot be asked any more, and
 * messages to those who listen to events that are none.
 */
import { z } from 'zod'
import { clientIdSchema } from './clients.ts'
import { paymentIdSchema } from './ids.ts'
import { keyIdSchema } from './keys.ts'
import { textSchema, timeSchema } from './text.ts'

/**
 * `command`: a message of `payment.commands`; `bank_task`: a deposit, a withdrawal or a card payment; `event`: a message of
 * `payment.events`, to one consumer group.
 */
export const DEAD_LETTER_KINDS = ['command', 'bank_task', 'event'] as const
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number]

export const DEAD_LETTER_STATES = ['open', 'replayed', 'discarded'] as const
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number]

const COMMAND_LETTER_PATTERN = /^command-\d{1,5}-\d{1,18}$/

export const deadLetterIdSchema = z
  .string()
  .regex(/^(command-\d{1,5}-\d{1,18}|event-[a-z]{1,20}-\d{1,5}-\d{1,18}|task-[0-9a-f]{32})$/)
  .meta({
    id: 'DeadLetterId',
    description:
      'Of a message, the partition and the offset at which it stood, of an event the group before them; of a bank task, its payment’s number',
    example: 'command-3-1042',
  })

/** Whether it is of a bank task: money may have moved. */
export const isTaskLetterId = (id: string): boolean => id.startsWith('task-')

/** `command-3-1042`. */
export const commandLetterId = (partition: number, offset: string): string => `command-${String(partition)}-${offset}`

/** `event-webhooks-3-1042`. */
export const eventLetterId = (group: string, partition: number, offset: string): string =>
  `event-${group}-${String(partition)}-${offset}`

export const isCommandLetterId = (id: string): boolean => COMMAND_LETTER_PATTERN.test(id)

const letterFields = {
  id: deadLetterIdSchema,
  kind: z.enum(DEAD_LETTER_KINDS),
  state: z.enum(DEAD_LETTER_STATES),
  reason: z.string().meta({ description: 'Why it failed the last time' }),
  attempts: z
    .int()
    .meta({ description: 'Of a command, how often it was read; of a task, how often the bank was asked' }),
  first_at: timeSchema,
  last_at: timeSchema,
  version: z.int().meta({ description: 'Counts its changes' }),
  partition: z.int().nullable().meta({ description: 'Of its topic, where a message stood' }),
  offset: z.int().nullable(),
  payment_id: paymentIdSchema.nullable().meta({ description: 'Of a bank task' }),
  payload_bytes: z.int(),
  resolved_at: timeSchema.nullable(),
  resolved_by: z.object({ client_id: clientIdSchema, key_id: keyIdSchema }).nullable(),
  resolution: z.string().nullable().meta({ description: 'What was said when it was replayed or discarded' }),
}

export const deadLetterSchema = z
  .object(letterFields)
  .meta({ id: 'DeadLetter', description: 'What could not be done, and what became of it' })
export type DeadLetter = z.infer<typeof deadLetterSchema>

export const fullDeadLetterSchema = z
  .object({
    ...letterFields,
    key: z.string().nullable().meta({ description: 'Of the message' }),
    payload: z.string().meta({ description: 'The original bytes; of a task, what the bank was asked for' }),
    payload_encoding: z
      .enum(['utf8', 'base64'])
      .meta({ description: 'base64 for what is not UTF-8, and then for the key as well' }),
  })
  .meta({ id: 'FullDeadLetter', description: 'A dead letter with its payload' })
export type FullDeadLetter = z.infer<typeof fullDeadLetterSchema>

/** Body of `POST /v1/ops/dlq/{id}/replay`. */
export const replayDeadLetterSchema = z.strictObject({ reason: textSchema(500).optional() }).meta({
  id: 'ReplayDeadLetter',
  description: 'Why it should succeed now',
  examples: [{ reason: 'Client 7 is there' }],
})
export type ReplayDeadLetter = z.infer<typeof replayDeadLetterSchema>

/** Body of `POST /v1/ops/dlq/{id}/discard`. */
export const discardDeadLetterSchema = z
  .strictObject({
    reason: textSchema(500),
    not_moved: z.literal(true).optional().meta({
      description: 'Of a bank task, and demanded there: the bank was asked by other means, and has not moved the money',
    }),
  })
  .meta({
    id: 'DiscardDeadLetter',
    description: 'Why it is given up',
    examples: [{ reason: 'A test message' }, { reason: 'Asked by telephone', not_moved: true }],
  })
export type DiscardDeadLetter = z.infer<typeof discardDeadLetterSchema>

/** The 202 of a replay or a discard. */
export const queuedDeadLetterSchema = z
  .object({ id: deadLetterIdSchema, status: z.literal('queued') })
  .meta({ id: 'QueuedDeadLetter', description: 'A dead letter that will be replayed or discarded' })
export type QueuedDeadLetter = z.infer<typeof queuedDeadLetterSchema>
