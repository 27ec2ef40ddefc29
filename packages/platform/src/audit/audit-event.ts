import { z } from 'zod'
import type { KafkaMessage } from 'kafkajs'

/** A message of `payment.events`, and what it is found by. */
export interface AuditEvent {
  readonly partition: number
  readonly offset: number
  readonly body: Buffer
  /** The subject, a space, and of the event's id what follows the subject, or all of it. One event, one key. */
  readonly key: string
  readonly type: string
}

const UNREADABLE = 'unreadable'

/** Visible ASCII, as all of ours: a space parts a key. */
const nameSchema = z.string().regex(/^[\x21-\x7e]{1,200}$/)
/** What is looked into. The rest is kept as it is, whatever later versions put there. */
const envelopeSchema = z.object({ id: nameSchema, type: nameSchema, subject: nameSchema })

/** Every message is a record: one that is no event as well, by where it stood. */
export function toAuditEvent(partition: number, { offset, value }: Pick<KafkaMessage, 'offset' | 'value'>): AuditEvent {
  const body = value ?? Buffer.alloc(0)
  const { key, type } = findersOf(body) ?? { key: `event-${partition}-${offset} .1`, type: UNREADABLE }
  return { partition, offset: Number(offset), body, key, type }
}

export const isUnreadable = ({ type }: AuditEvent): boolean => type === UNREADABLE

function findersOf(body: Buffer): { key: string; type: string } | undefined {
  let parsed: ReturnType<typeof envelopeSchema.safeParse>
  try {
    parsed = envelopeSchema.safeParse(JSON.parse(body.toString('utf8')))
  } catch {
    return undefined
  }
  if (!parsed.success) return undefined
  const { id, type, subject } = parsed.data
  return { key: `${subject} ${id.startsWith(`${subject}.`) ? id.slice(subject.length) : id}`, type }
}
