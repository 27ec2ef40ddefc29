/**
 * Tells one channel what is due: at least once, and not before it says that it can be told. Each channel has its own, so that
 * one that is slow delays no other.
 *
 *     claim what is due ─▶ send ─▶ delivered, or due again by the schedule, or given up
 */
import { isoTime } from '@paycluster/platform/iso-time'
import type { Logger } from '@paycluster/platform/logging'
import { ClaimLoop } from '@paycluster/platform/work/claim-loop'
import { nextAttemptMs } from '../../webhooks/sending/retry-schedule.ts'
import type { AlertMetrics } from '../alert-metrics.ts'
import type { Channel, ChannelOutcome } from './channel.ts'
import { messageOf, type NoticeBody } from './message.ts'
import type { ClaimedNotification, FinishedNotification, NotificationQueue } from './notification-queue.ts'

const LOOK_EVERY_MS = 1_000
/** An attempt's time, and that of writing it down. */
const LEASE_MARGIN_MS = 15_000
/** What a channel may ask for: nobody is told for longer only because one answer says so. */
const MAX_PAUSE_MS = 3_600_000

export interface NotifierParts {
  readonly channel: Channel
  readonly queue: Pick<NotificationQueue, 'claim' | 'finish'>
  readonly metrics: AlertMetrics
  readonly logger: Logger
  readonly timeoutMs: number
  /** Seconds before each attempt. */
  readonly scheduleS: readonly number[]
}

interface Sent {
  readonly claimed: ClaimedNotification
  readonly outcome: ChannelOutcome
}

export class Notifier {
  readonly #parts: NotifierParts
  readonly #loop: ClaimLoop<ClaimedNotification, Sent>
  /** Milliseconds of `performance.now()`: the channel has asked not to be told before. */
  #pausedUntilMs = 0

  constructor(parts: NotifierParts) {
    this.#parts = parts
    const { channel, queue, timeoutMs, logger } = parts
    this.#loop = new ClaimLoop({
      room: () => (performance.now() < this.#pausedUntilMs ? 0 : channel.maxInFlight - this.#loop.inHand),
      claim: (most) => queue.claim(channel.name, most, timeoutMs + LEASE_MARGIN_MS),
      work: (claimed) => this.#send(claimed),
      report: (sent) => queue.finish(sent.map((one) => this.#toFinished(one))),
      // Their leases end, and they are sent again: at least once.
      onUnreported: () => undefined,
      intervalMs: LOOK_EVERY_MS,
      name: `notifications to ${channel.name}`,
      logger,
    })
  }

  start(): void {
    this.#loop.start()
  }

  nudge(): void {
    this.#loop.nudge()
  }

  /** Resolves when what is being sent is written down. */
  stop(): Promise<void> {
    return this.#loop.stop()
  }

  async #send(claimed: ClaimedNotification): Promise<Sent> {
    const { channel, metrics, logger } = this.#parts
    const startedMs = performance.now()
    const message = messageOf(claimed.id, JSON.parse(claimed.body) as NoticeBody, isoTime(claimed.created_at.getTime()))
    const outcome = await channel.send(message)
    metrics.attempted(channel.name, outcome.error === null ? 'delivered' : 'failed', performance.now() - startedMs)
    if (outcome.error !== null)
      logger.warn(
        { channel: channel.name, notification: claimed.id, error: outcome.error },
        'a channel took no notification',
      )
    const { error, retryAfterMs } = outcome
    if (retryAfterMs === undefined) return { claimed, outcome }
    const pauseMs = Math.min(retryAfterMs, MAX_PAUSE_MS)
    this.#pausedUntilMs = performance.now() + pauseMs
    return { claimed, outcome: { error, retryAfterMs: pauseMs } }
  }

  #toFinished({ claimed, outcome: { error, retryAfterMs } }: Sent): FinishedNotification {
    if (error === null) return { claimed, state: 'delivered', dueMs: 0, error }
    const dueMs = nextAttemptMs(this.#parts.scheduleS, claimed.attempts, retryAfterMs)
    return dueMs === undefined
      ? { claimed, state: 'failed', dueMs: 0, error }
      : { claimed, state: 'pending', dueMs, error }
  }
}
