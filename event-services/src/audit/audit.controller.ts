/** Takes whole batches of events, and keeps each of them for good. */
import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import type { BatchVerdict, MessageBatch } from '@paycluster/platform/kafka/message-batch'
import type { Logger } from '@paycluster/platform/logging'
import type { RightOfWay } from '../right-of-way.ts'
import { untilTaken } from '../until-taken.ts'
import type { AuditLog } from './audit-log.ts'
import type { AuditMetrics } from './audit-metrics.ts'
import { isUnreadable, toAuditEvent } from '@paycluster/platform/audit/audit-event'

export interface AuditParts {
  readonly log: Pick<AuditLog, 'append'>
  readonly metrics: AuditMetrics
  readonly rightOfWay: Pick<RightOfWay, 'wait'>
  readonly logger: Logger
}

export const AUDIT_PARTS = Symbol('audit parts')
export const AUDIT_TRANSPORT = Symbol('audit')

@Controller()
export class AuditController {
  readonly #parts: AuditParts

  constructor(@Inject(AUDIT_PARTS) parts: AuditParts) {
    this.#parts = parts
  }

  /** Whatever the primary says, the batch is tried again: there is no event that the audit log does not take. */
  @MessagePattern(EVENTS_TOPIC, AUDIT_TRANSPORT)
  async handle(@Payload() { slices, signal }: MessageBatch): Promise<BatchVerdict> {
    const { log, metrics, rightOfWay, logger } = this.#parts
    await rightOfWay.wait(signal)
    const events = slices.flatMap(({ partition, messages }) =>
      messages.map((message) => toAuditEvent(partition, message)),
    )
    const appended = await untilTaken(
      () => log.append(events),
      signal,
      (error) => {
        metrics.retried()
        logger.warn({ err: error }, 'could not append to the audit log, trying again')
      },
    )
    if (appended === undefined) return { kind: 'abandoned' }
    const unreadable = events.filter(isUnreadable).length
    if (unreadable > 0) logger.error({ count: unreadable }, 'messages that are no events are in the audit log')
    metrics.appended(appended.result?.count ?? 0, events.length, unreadable)
    return { kind: 'handled', published: Promise.resolve() }
  }
}
