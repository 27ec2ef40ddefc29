import type { KafkaMessage } from 'kafkajs'

/** A message and where it stood. */
export interface SourceMessage {
  readonly topic: string
  readonly partition: number
  readonly message: KafkaMessage
}

/** A message for `payment.commands.dlq`: the original key and bytes, and in the headers why and from where. */
export interface DeadLetter {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer>>
}

/** Header values are cut: a reason may quote what was wrong. */
const MAX_REASON_LENGTH = 1000

/** @param nowMs  when the worker gave up on it */
export function toDeadLetter({ topic, partition, message }: SourceMessage, reason: string, nowMs: number): DeadLetter {
  return {
    key: message.key,
    value: message.value,
    headers: {
      ...singleHeaders(message),
      'dlq-reason': reason.slice(0, MAX_REASON_LENGTH),
      'dlq-topic': topic,
      'dlq-partition': String(partition),
      'dlq-offset': message.offset,
      'dlq-at': new Date(nowMs).toISOString(),
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
