/** Takes whole batches of events, and makes a delivery of each for whoever wants to be told. */
import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import type { BatchVerdict, MessageBatch } from '@paycluster/platform/kafka/message-batch'
import type { Logger } from '@paycluster/platform/logging'
import type { DeadEvent, DeadEvents } from '../../dead-events.ts'
import type { RightOfWay } from '../../right-of-way.ts'
import { untilTaken } from '../../until-taken.ts'
import type { WebhookMetrics } from '../webhook-metrics.ts'
import { toClientEvent, type ClientEvent } from './client-event.ts'
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

interface Message {
  readonly partition: number
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
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
    const messages = slices.flatMap(({ partition, messages }) =>
      messages.map(({ offset, key, value }) => ({ partition, offset, key, value })),
    )
    const done = await untilTaken(
      () => this.#tell(messages),
      signal,
      (error) => {
        metrics.retried()
        logger.warn({ err: error }, 'could not make webhook deliveries, trying again')
      },
    )
    if (done === undefined) return { kind: 'abandoned' }
    const { told, unreadable, deliveries } = done.result
    metrics.fannedOut(told, messages.length - told - unreadable, unreadable, deliveries)
    if (deliveries > 0) nudge()
    return { kind: 'handled', published: Promise.resolve() }
  }

  async #tell(messages: readonly Message[]): Promise<{ told: number; unreadable: number; deliveries: number }> {
    const { fanOut, deadEvents, logger } = this.#parts
    if (!(await fanOut.isListenedTo())) return { told: 0, unreadable: 0, deliveries: 0 }
    const events: ClientEvent[] = []
    const dead: DeadEvent[] = []
    for (const message of messages)
      try {
        const event = toClientEvent(message.value)
        if (event !== undefined) events.push(event)
      } catch (error) {
        dead.push({ ...message, reason: error instanceof Error ? error.message : 'no event' })
        const { partition, offset } = message
        logger.error({ err: error, partition, offset }, 'a message of payment.events is no event: nobody is told of it')
      }
    await deadEvents.record(dead)
    return { told: events.length, unreadable: dead.length, deliveries: await fanOut.tell(events) }
  }
}
