/**
 * Sends what is due: at least once, each endpoint a few at a time, and one that does not answer one at a time, so that a
 * slow receiver delays nobody else.
 *
 *     claim what is due ─▶ send ─▶ delivered, or due again by the schedule, or given up
 */
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Logger } from '@paycluster/platform/logging'
import { ClaimLoop } from '@paycluster/platform/work/claim-loop'
import type { WebhookMetrics } from '../webhook-metrics.ts'
import type { ClaimedDelivery, DeliveryQueue, FinishedDelivery } from './delivery-queue.ts'
import { nextAttemptMs } from './retry-schedule.ts'
import type { SendResult, WebhookSender } from './webhook-sender.ts'

/** A request's time, and that of writing it down. */
const LEASE_MARGIN_MS = 15_000
const GONE = 410

export interface DelivererSettings {
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Requests at once, over all endpoints, to one, and to those of one client. */
  readonly maxInFlight: number
  readonly maxInFlightOfEndpoint: number
  readonly maxInFlightOfClient: number
  /** Seconds before each attempt. */
  readonly scheduleS: readonly number[]
}

export interface DelivererParts {
  readonly queue: Pick<DeliveryQueue, 'claim' | 'finish'>
  readonly sender: Pick<WebhookSender, 'send'>
  readonly ids: IdCodec
  readonly metrics: WebhookMetrics
  readonly logger: Logger
  readonly settings: DelivererSettings
}

interface Sent {
  readonly claimed: ClaimedDelivery
  readonly result: SendResult
}

export class Deliverer {
  readonly #parts: DelivererParts
  readonly #loop: ClaimLoop<ClaimedDelivery, Sent>
  readonly #ofEndpoint = new Map<string, number>()
  readonly #ofClient = new Map<number, number>()

  constructor(parts: DelivererParts) {
    this.#parts = parts
    const { queue, metrics, logger, settings } = parts
    this.#loop = new ClaimLoop({
      room: () => settings.maxInFlight - this.#loop.inHand,
      claim: async (most) => {
        const leaseMs = settings.timeoutMs + LEASE_MARGIN_MS
        const claimed = await queue.claim(most, leaseMs, {
          endpoint: { most: settings.maxInFlightOfEndpoint, counts: this.#ofEndpoint },
          client: { most: settings.maxInFlightOfClient, counts: this.#ofClient },
        })
        for (const one of claimed) this.#count(one, 1)
        return claimed
      },
      work: (claimed) => this.#send(claimed),
      report: (sent) => this.#report(sent),
      // Their leases end, and they are sent again: at least once.
      onUnreported: (count) => {
        metrics.unreported(count)
      },
      intervalMs: settings.intervalMs,
      name: 'webhook deliveries',
      logger,
    })
  }

  /** Requests in flight, and those that are not written down yet. */
  get inHand(): number {
    return this.#loop.inHand
  }

  start(): void {
    this.#loop.start()
  }

  /** There is something new to send. */
  nudge(): void {
    this.#loop.nudge()
  }

  /** Resolves when the requests in flight are over and written down. */
  stop(): Promise<void> {
    return this.#loop.stop()
  }

  #count({ endpoint_id, client_id }: ClaimedDelivery, by: number): void {
    addTo(this.#ofEndpoint, endpoint_id, by)
    addTo(this.#ofClient, client_id, by)
  }

  async #send(claimed: ClaimedDelivery): Promise<Sent> {
    const { sender, ids, metrics } = this.#parts
    const { endpoint_id, secret_version, old_secrets } = claimed
    const result = await sender.send({
      id: ids.fromUuid('whd', claimed.id, claimed.client_id),
      url: claimed.url,
      body: claimed.body,
      endpoint: { id: endpoint_id, secretVersion: secret_version, oldSecrets: old_secrets },
    })
    metrics.attempted(
      isTaken(result) ? 'delivered' : result.answer === null ? 'no_answer' : 'refused',
      result.durationMs,
    )
    return { claimed, result }
  }

  async #report(sent: readonly Sent[]): Promise<void> {
    const { queue, metrics, logger } = this.#parts
    try {
      const disabled = await queue.finish(sent.map((one) => this.#toFinished(one)))
      for (const { id, client_id, disabled_reason: reason } of disabled) {
        logger.warn({ endpoint: id, client: client_id, reason }, 'a webhook endpoint is disabled')
        metrics.disabled()
      }
    } finally {
      for (const { claimed } of sent) this.#count(claimed, -1)
    }
  }

  #toFinished({ claimed, result }: Sent): FinishedDelivery {
    const isGone = result.answer?.status === GONE
    if (isTaken(result)) return { claimed, result, state: 'delivered', dueMs: 0, isGone }
    const { scheduleS } = this.#parts.settings
    const dueMs = isGone ? undefined : nextAttemptMs(scheduleS, claimed.attempts_of_run, result.answer?.retryAfterMs)
    return dueMs === undefined
      ? { claimed, result, state: 'failed', dueMs: 0, isGone }
      : { claimed, result, state: 'pending', dueMs, isGone }
  }
}

function addTo<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}

const isTaken = ({ answer }: SendResult): boolean => answer !== null && answer.status >= 200 && answer.status < 300
