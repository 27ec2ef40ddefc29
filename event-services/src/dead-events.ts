/** Dead letters of listeners: what a listener cannot read, and leaves behind. */
import type { Pool } from 'pg'
import { eventLetterId } from '@paycluster/contracts'
import type { PartitionSlice } from '@paycluster/platform/kafka/message-batch'
import { storableText } from '@paycluster/platform/postgres/storable-text'

const RECORD = {
  name: 'record-dead-events',
  text: `INSERT INTO dead_letters (id, kind, reason, attempts, partition, log_offset, key, payload, first_at, last_at)
         SELECT d.id, 'event', d.reason, 1, d.partition, d.log_offset, d.key, d.payload, clock_timestamp(), clock_timestamp()
         FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bytea[], $6::bytea[])
           AS d (id, reason, partition, log_offset, key, payload)
         ON CONFLICT DO NOTHING`,
}
/** A reason may quote what was wrong. */
const MAX_REASON_LENGTH = 1000

/** A message of `payment.events` that is none, and why. */
export interface DeadEvent {
  readonly partition: number
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly reason: string
}

/** What a slice's messages are to a listener, and those that are no events. */
export interface ReadSlice<T> {
  readonly events: readonly { readonly offset: string; readonly event: T }[]
  readonly dead: readonly DeadEvent[]
}

/**
 * Reads the messages of one partition, in their order.
 *
 * @param read  undefined for an event that is not the listener's business; throws for what is no event
 * @param onDead  told of each of those
 */
export function readSlice<T>(
  { partition, messages }: Pick<PartitionSlice, 'partition' | 'messages'>,
  read: (value: Buffer | null) => T | undefined,
  onDead: (at: { readonly err: unknown; readonly partition: number; readonly offset: string }) => void,
): ReadSlice<T> {
  const events: { offset: string; event: T }[] = []
  const dead: DeadEvent[] = []
  for (const { offset, key, value } of messages)
    try {
      const event = read(value)
      if (event !== undefined) events.push({ offset, event })
    } catch (error) {
      dead.push({ partition, offset, key, value, reason: Error.isError(error) ? error.message : 'no event' })
      onDead({ err: error, partition, offset })
    }
  return { events, dead }
}

export class DeadEvents {
  readonly #pool: Pool
  readonly #group: string

  /**
   * @param pool  to the primary, as `payments_events`
   * @param group  whose dead letters they are
   */
  constructor(pool: Pool, group: string) {
    this.#pool = pool
    this.#group = group
  }

  /** Each once, however often it is read. @throws DatabaseError */
  async record(events: readonly DeadEvent[]): Promise<void> {
    if (events.length === 0) return
    const values = [
      events.map(({ partition, offset }) => eventLetterId(this.#group, partition, offset)),
      events.map(({ reason }) => storableText(`${this.#group}: ${reason}`, MAX_REASON_LENGTH)),
      events.map(({ partition }) => partition),
      events.map(({ offset }) => offset),
      events.map(({ key }) => key),
      events.map(({ value }) => value),
    ]
    await this.#pool.query({ ...RECORD, values })
  }
}
