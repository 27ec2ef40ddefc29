/** Takes whole batches of events, and counts them. */
import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import type { BatchVerdict, MessageBatch } from '@paycluster/platform/kafka/message-batch'
import type { Logger } from '@paycluster/platform/logging'
import { readSlice, type DeadEvents } from '../../dead-events.ts'
import type { RightOfWay } from '../../right-of-way.ts'
import { untilTaken } from '../../until-taken.ts'
import type { AnalyticsMetrics } from '../analytics-metrics.ts'
import type { OccurrenceCounter } from './counter.ts'
import { toOccurrence } from './occurrence.ts'

export interface CountingParts {
  readonly counter: Pick<OccurrenceCounter, 'count'>
  readonly deadEvents: Pick<DeadEvents, 'record'>
  readonly metrics: AnalyticsMetrics
  readonly rightOfWay: Pick<RightOfWay, 'wait'>
  readonly logger: Logger
}

export const COUNTING_PARTS = Symbol('counting parts')
export const ANALYTICS_TRANSPORT = Symbol('analytics')

@Controller()
export class CountingController {
  readonly #parts: CountingParts

  constructor(@Inject(COUNTING_PARTS) parts: CountingParts) {
    this.#parts = parts
  }

  /** Whatever the store says, the batch is tried again. What is no event is a dead letter. */
  @MessagePattern(EVENTS_TOPIC, ANALYTICS_TRANSPORT)
  async handle(@Payload() { slices, signal }: MessageBatch): Promise<BatchVerdict> {
    const { counter, deadEvents, metrics, rightOfWay, logger } = this.#parts
    await rightOfWay.wait(signal)
    const read = slices.map((slice) =>
      readSlice(slice, toOccurrence, (at) => {
        logger.error(at, 'a message of payment.events is no event')
      }),
    )
    const occurrences = read.flatMap(({ events }) => events.map(({ event }) => event))
    const dead = read.flatMap((slice) => slice.dead)
    const progress = slices.map(({ partition, nextOffset }, index) => {
      return { partition, nextOffset, eventAtMs: read[index]?.events.at(-1)?.event.atMs }
    })
    const done = await untilTaken(
      async () => {
        await deadEvents.record(dead)
        return counter.count(occurrences, progress)
      },
      signal,
      (error) => {
        metrics.retried()
        logger.warn({ err: error }, 'could not count events, trying again')
      },
    )
    if (done === undefined) return { kind: 'abandoned' }
    const messages = slices.reduce((sum, slice) => sum + slice.messages.length, 0)
    metrics.took(done.result, messages - occurrences.length - dead.length, dead.length)
    const { tooLate } = done.result
    if (tooLate > 0) logger.warn({ count: tooLate }, 'events of so long ago that analytics does not count them')
    return { kind: 'handled', published: Promise.resolve() }
  }
}
