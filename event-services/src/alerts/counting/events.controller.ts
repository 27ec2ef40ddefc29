/** Takes whole batches of events, and counts each of them for the rules that look at it. */
import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import type { BatchVerdict, MessageBatch, PartitionSlice } from '@paycluster/platform/kafka/message-batch'
import type { Logger } from '@paycluster/platform/logging'
import type { DeadEvent, DeadEvents } from '../../dead-events.ts'
import type { RightOfWay } from '../../right-of-way.ts'
import { untilTaken } from '../../until-taken.ts'
import type { AlertMetrics } from '../alert-metrics.ts'
import type { EventCounter, ListenedSlice } from './event-counter.ts'
import { toListenedEvent, type ListenedEvent } from './listened-event.ts'

export interface CountingParts {
  readonly counter: Pick<EventCounter, 'count'>
  readonly deadEvents: Pick<DeadEvents, 'record'>
  /** There is something to tell or to publish. */
  readonly nudge: () => void
  readonly metrics: AlertMetrics
  readonly rightOfWay: Pick<RightOfWay, 'wait'>
  readonly logger: Logger
}

export const COUNTING_PARTS = Symbol('alert counting parts')
export const ALERTS_TRANSPORT = Symbol('alerts')

@Controller()
export class EventsController {
  readonly #parts: CountingParts

  constructor(@Inject(COUNTING_PARTS) parts: CountingParts) {
    this.#parts = parts
  }

  /** Whatever the primary says, the batch is tried again. What is no event is a dead letter. */
  @MessagePattern(EVENTS_TOPIC, ALERTS_TRANSPORT)
  async handle(@Payload() { slices, signal }: MessageBatch): Promise<BatchVerdict> {
    const { counter, deadEvents, nudge, metrics, rightOfWay, logger } = this.#parts
    await rightOfWay.wait(signal)
    const dead: DeadEvent[] = []
    const listened = slices.map((slice) => this.#read(slice, dead))
    const done = await untilTaken(
      async () => {
        await deadEvents.record(dead)
        return counter.count(listened)
      },
      signal,
      (error) => {
        metrics.retried()
        logger.warn({ err: error }, 'could not count events for alerts, trying again')
      },
    )
    if (done === undefined) return { kind: 'abandoned' }
    const { counted, repeated, hasNews } = done.result
    const messages = slices.reduce((sum, slice) => sum + slice.messages.length, 0)
    metrics.listened({
      counted,
      repeated,
      unreadable: dead.length,
      ignored: messages - counted - repeated - dead.length,
    })
    if (hasNews) nudge()
    return { kind: 'handled', published: Promise.resolve() }
  }

  #read({ partition, messages, firstOffset, nextOffset }: PartitionSlice, dead: DeadEvent[]): ListenedSlice {
    const events: { offset: number; event: ListenedEvent }[] = []
    for (const { offset, key, value } of messages)
      try {
        events.push({ offset: Number(offset), event: toListenedEvent(value) })
      } catch (error) {
        dead.push({ partition, offset, key, value, reason: Error.isError(error) ? error.message : 'no event' })
        this.#parts.logger.error(
          { err: error, partition, offset },
          'a message of payment.events is no event: no rule sees it',
        )
      }
    return { partition, firstOffset, nextOffset, events }
  }
}
