/** Takes whole batches of events, and keeps each of them for good. */
import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { ExponentialBackoff, handleAll, retry } from 'cockatiel'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import type { BatchVerdict, MessageBatch } from '@paycluster/platform/kafka/message-batch'
import type { Logger } from '@paycluster/platform/logging'
import type { RightOfWay } from '../right-of-way.ts'
import type { AppendedBatch, AuditLog } from './audit-log.ts'
import type { AuditMetrics } from './audit-metrics.ts'
import { isUnreadable, toAuditEvent } from './audit-event.ts'

export interface AuditParts {
  readonly log: Pick<AuditLog, 'append'>
  readonly metrics: AuditMetrics
  readonly rightOfWay: Pick<RightOfWay, 'wait'>
  readonly logger: Logger
}

export const AUDIT_PARTS = Symbol('audit parts')

const BACKOFF = new ExponentialBackoff({ initialDelay: 100, maxDelay: 5_000 })

@Controller()
export class AuditController {
  readonly #parts: AuditParts

  constructor(@Inject(AUDIT_PARTS) parts: AuditParts) {
    this.#parts = parts
  }

  /** Whatever the primary says, the batch is tried again: there is no event that the audit log does not take. */
  @MessagePattern(EVENTS_TOPIC)
  async handle(@Payload() { slices, signal }: MessageBatch): Promise<BatchVerdict> {
    const { log, metrics, rightOfWay, logger } = this.#parts
    await rightOfWay.wait(signal)
    const events = slices.flatMap(({ partition, messages }) =>
      messages.map((message) => toAuditEvent(partition, message)),
    )
    const untilTaken = retry(handleAll, { maxAttempts: Number.MAX_SAFE_INTEGER, backoff: BACKOFF })
    untilTaken.onRetry((reason) => {
      metrics.retried()
      logger.warn({ err: 'error' in reason ? reason.error : reason }, 'could not append to the audit log, trying again')
    })
    let appended: AppendedBatch | undefined
    try {
      appended = await untilTaken.execute(() => log.append(events), signal)
    } catch (error) {
      if (signal.aborted) return { kind: 'abandoned' }
      throw error
    }
    const unreadable = events.filter(isUnreadable).length
    if (unreadable > 0) logger.error({ count: unreadable }, 'messages that are no events are in the audit log')
    metrics.appended(appended?.count ?? 0, events.length, unreadable)
    return { kind: 'handled', published: Promise.resolve() }
  }
}
