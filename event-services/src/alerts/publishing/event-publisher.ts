/** Publishes what alerts tell of, once it is committed: at least once, with ids that make a repeated event the same one. */
import type { Pool } from 'pg'
import type { CoalescingProducer } from '@paycluster/platform/kafka/coalescing-producer'
import type { Logger } from '@paycluster/platform/logging'
import { ClaimLoop } from '@paycluster/platform/work/claim-loop'

const MAX_IN_HAND = 100
const LOOK_EVERY_MS = 1_000
/** Above the producer's own time for one message. */
const LEASE_MS = 30_000

const CLAIM = {
  name: 'claim-alert-events',
  text: `UPDATE alert_events e SET due_at = clock_timestamp() + $2 * interval '1 millisecond'
         FROM (
           SELECT id FROM alert_events WHERE due_at <= clock_timestamp()
           ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
         ) due
         WHERE e.id = due.id RETURNING e.id, e.subject, e.body`,
}
const DELETE = { name: 'delete-alert-events', text: 'DELETE FROM alert_events WHERE id = ANY ($1::text[])' }

interface ClaimedEvent {
  readonly id: string
  readonly subject: string
  readonly body: string
}

export class EventPublisher {
  readonly #loop: ClaimLoop<ClaimedEvent, string | undefined>

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool, producer: Pick<CoalescingProducer, 'send'>, logger: Logger) {
    this.#loop = new ClaimLoop({
      room: () => MAX_IN_HAND - this.#loop.inHand,
      claim: async (most) => (await pool.query<ClaimedEvent>({ ...CLAIM, values: [most, LEASE_MS] })).rows,
      work: async ({ id, subject, body }) => {
        try {
          await producer.send({ key: subject, value: body })
          return id
        } catch (error) {
          // It is due again when its lease ends.
          logger.warn({ err: error, event: id }, 'could not publish an event of an alert')
          return undefined
        }
      },
      report: async (sent) => {
        await pool.query({ ...DELETE, values: [sent.filter((id) => id !== undefined)] })
      },
      onUnreported: () => undefined,
      intervalMs: LOOK_EVERY_MS,
      name: 'events of alerts',
      logger,
    })
  }

  start(): void {
    this.#loop.start()
  }

  nudge(): void {
    this.#loop.nudge()
  }

  stop(): Promise<void> {
    return this.#loop.stop()
  }
}
