/** Takes whole batches of events, and counts each of them for the rules that look at it. */
import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import type { BatchVerdict, MessageBatch } from '@paycluster/platform/kafka/message-batch'
import type { Logger } from '@paycluster/platform/logging'
import { readSlice, type DeadEvents } from '../../dead-events.ts'
import type { RightOfWay } from '../../right-of-way.ts'
import { untilTaken } from '../../until-taken.ts'
import type { AlertMetrics } from '../alert-metrics.ts'
import type { EventCounter } from './event-counter.ts'
import { toListenedEvent } from './listened-event.ts'

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
    const read = slices.map((slice) =>
      readSlice(slice, toListenedEvent, (at) => {
        logger.error(at, 'a message of payment.events is no event: no rule sees it')
      }),
    )
    const dead = read.flatMap((slice) => slice.dead)
    const listened = slices.map(({ partition, firstOffset, nextOffset }, index) => {
      const events = read[index]?.events.map(({ offset, event }) => ({ offset: Number(offset), event })) ?? []
      return { partition, firstOffset, nextOffset, events }
    })
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
}
