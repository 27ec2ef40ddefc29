/** Takes whole batches of events, and makes a delivery of each for whoever wants to be told. */
import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import type { BatchVerdict, MessageBatch } from '@paycluster/platform/kafka/message-batch'
import type { Logger } from '@paycluster/platform/logging'
import { readSlice, type DeadEvents } from '../../dead-events.ts'
import type { RightOfWay } from '../../right-of-way.ts'
import { untilTaken } from '../../until-taken.ts'
import type { WebhookMetrics } from '../webhook-metrics.ts'
import { toClientEvent } from './client-event.ts'
import type { FanOut } from './fan-out.ts'

export interface FanOutParts {
  readonly fanOut: Pick<FanOut, 'isListenedTo' | 'tell'>
  readonly deadEvents: Pick<DeadEvents, 'record'>
  /** There is something to send. */
  readonly nudge: () => void
  readonly metrics: WebhookMetrics
  readonly rightOfWay: Pick<RightOfWay, 'wait'>
  readonly logger: Logger
}

export const FAN_OUT_PARTS = Symbol('fan-out parts')
export const WEBHOOKS_TRANSPORT = Symbol('webhooks')

@Controller()
export class FanOutController {
  readonly #parts: FanOutParts

  constructor(@Inject(FAN_OUT_PARTS) parts: FanOutParts) {
    this.#parts = parts
  }

  /** Whatever the primary says, the batch is tried again. What is no event is a dead letter. */
  @MessagePattern(EVENTS_TOPIC, WEBHOOKS_TRANSPORT)
  async handle(@Payload() { slices, signal }: MessageBatch): Promise<BatchVerdict> {
    const { nudge, metrics, rightOfWay, logger } = this.#parts
    await rightOfWay.wait(signal)
    const done = await untilTaken(
      () => this.#tell(slices),
      signal,
      (error) => {
        metrics.retried()
        logger.warn({ err: error }, 'could not make webhook deliveries, trying again')
      },
    )
    if (done === undefined) return { kind: 'abandoned' }
    const { told, unreadable, deliveries } = done.result
    const messages = slices.reduce((sum, slice) => sum + slice.messages.length, 0)
    metrics.fannedOut(told, messages - told - unreadable, unreadable, deliveries)
    if (deliveries > 0) nudge()
    return { kind: 'handled', published: Promise.resolve() }
  }

  async #tell(slices: MessageBatch['slices']): Promise<{ told: number; unreadable: number; deliveries: number }> {
    const { fanOut, deadEvents, logger } = this.#parts
    if (!(await fanOut.isListenedTo())) return { told: 0, unreadable: 0, deliveries: 0 }
    const read = slices.map((slice) =>
      readSlice(slice, toClientEvent, (at) => {
        logger.error(at, 'a message of payment.events is no event: nobody is told of it')
      }),
    )
    const events = read.flatMap((slice) => slice.events.map(({ event }) => event))
    const dead = read.flatMap((slice) => slice.dead)
    await deadEvents.record(dead)
    return { told: events.length, unreadable: dead.length, deliveries: await fanOut.tell(events) }
  }
}
