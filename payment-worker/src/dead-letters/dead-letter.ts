import { commandLetterId, isCommandLetterId } from '@paycluster/contracts'
import { storableText } from '@paycluster/platform/postgres/storable-text'
import type { KafkaMessage } from 'kafkajs'

/** A message and where it stood. */
export interface SourceMessage {
  readonly topic: string
  readonly partition: number
  readonly message: KafkaMessage
}

/** A message that is given up. */
export interface DeadLetter {
  /** By where the message stood when it was given up for the first time. */
  readonly id: string
  /** How often it has been read in vain, this time included. */
  readonly attempts: number
  readonly reason: string
  /** When the worker gave up on it, in milliseconds of the epoch. */
  readonly atMs: number
  readonly source: SourceMessage
}

/** A message for `payment.commands.dlq`: the original key and bytes, and in the headers why and from where. */
export interface DeadLetterMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer>>
}

/** A reason may quote what was wrong. */
const MAX_REASON_LENGTH = 1000
/** Of a message that is tried again: the letter that it was, and how often it had been read by then. */
const LETTER_HEADER = 'dead-letter'
const ATTEMPTS_HEADER = 'dead-letter-attempts'
const MAX_ATTEMPTS = 1_000_000_000

/** The headers of a message that is tried again. */
export const replayHeaders = (letter: string, attempts: number): Readonly<Record<string, string>> => ({
  [LETTER_HEADER]: letter,
  [ATTEMPTS_HEADER]: String(attempts),
})

/** @param nowMs  when the worker gives up on it */
export function deadLetterOf(source: SourceMessage, reason: string, nowMs: number): DeadLetter {
  return { ...originOf(source), reason: storableText(reason, MAX_REASON_LENGTH), atMs: nowMs, source }
}

/** A message that was a letter before is the same letter. */
function originOf({ partition, message }: SourceMessage): Pick<DeadLetter, 'id' | 'attempts'> {
  const headers = singleHeaders(message)
  const id = String(headers[LETTER_HEADER] ?? '')
  const before = Number(headers[ATTEMPTS_HEADER])
  if (isCommandLetterId(id) && Number.isInteger(before) && before > 0 && before < MAX_ATTEMPTS)
    return { id, attempts: before + 1 }
  return { id: commandLetterId(partition, message.offset), attempts: 1 }
}

export function toDeadLetterMessage({ source, reason, atMs }: DeadLetter): DeadLetterMessage {
  const { topic, partition, message } = source
  return {
    key: message.key,
    value: message.value,
    headers: {
      ...singleHeaders(message),
      'dlq-reason': reason,
      'dlq-topic': topic,
      'dlq-partition': String(partition),
      'dlq-offset': message.offset,
      'dlq-at': new Date(atMs).toISOString(),
    },
  }
}

/** The original's headers; of one that was given several times, the first. */
function singleHeaders({ headers }: KafkaMessage): Record<string, string | Buffer> {
  const single: Record<string, string | Buffer> = {}
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined) single[name] = first
  }
  return single
}
