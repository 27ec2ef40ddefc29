import { z } from 'zod'
import type { KafkaMessage } from 'kafkajs'

/** A message of `payment.events`, and what it is found by. */
export interface AuditEvent {
  readonly partition: number
  readonly offset: number
  readonly body: Buffer
  readonly eventId: string
  readonly type: string
  readonly subject: string
}

/** What is looked into. The rest is kept as it is, whatever later versions put there. */
const envelopeSchema = z.object({
  id: z.string().min(1).max(200),
  type: z.string().min(1).max(100),
  subject: z.string().min(1).max(200),
})

/** Every message is a record: one that is no event as well, by where it stood. */
export function toAuditEvent(partition: number, { offset, value }: Pick<KafkaMessage, 'offset' | 'value'>): AuditEvent {
  const body = value ?? Buffer.alloc(0)
  const place = `${partition}-${offset}`
  const envelope = parse(body) ?? { id: `unreadable-${place}`, type: 'unreadable', subject: `event-${place}` }
  return {
    partition,
    offset: Number(offset),
    body,
    eventId: envelope.id,
    type: envelope.type,
    subject: envelope.subject,
  }
}

function parse(body: Buffer): z.output<typeof envelopeSchema> | undefined {
  try {
    const parsed = envelopeSchema.safeParse(JSON.parse(body.toString('utf8')))
    // PostgreSQL's text has no NUL.
    if (!parsed.success || Object.values(parsed.data).some((text) => text.includes('\u0000'))) return undefined
    return parsed.data
  } catch {
    return undefined
  }
}
