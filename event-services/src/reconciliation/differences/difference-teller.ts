/** Tells of differences on `payment.events`: each once for every time that it comes up, and again when nobody knows. */
import type { Pool, PoolClient } from 'pg'
import type { InconsistencyEvent } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import { inTransaction } from '@paycluster/platform/postgres/in-transaction'
import { toDifference, type DifferenceRow, type DifferenceStore } from './difference-store.ts'

/** A transaction stays open while they are on their way. */
const AT_ONCE = 100

const READ_POSITION = {
  name: 'read-commit-position',
  text: `SELECT pg_current_wal_flush_lsn()::text AS lsn,
           ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::int AS timeline`,
}

export interface DifferenceTellerParts {
  readonly pool: Pool
  readonly store: DifferenceStore
  readonly ids: IdCodec
  /** Of `payment.events`. */
  readonly producer: { send(message: OutgoingMessage): Promise<void> }
}

export class DifferenceTeller {
  readonly #parts: DifferenceTellerParts

  constructor(parts: DifferenceTellerParts) {
    this.#parts = parts
  }

  /** Tells of all that nobody was told of. @throws DatabaseError · ProblemError `unavailable` when Kafka is away */
  async tell(): Promise<number> {
    let told = 0
    for (;;) {
      const count = await inTransaction(this.#parts.pool, (client) => this.#tellSome(client))
      told += count
      if (count < AT_ONCE) return told
    }
  }

  async #tellSome(client: PoolClient): Promise<number> {
    const { store, producer } = this.#parts
    const rows = await store.lockUntold(client, AT_ONCE)
    if (rows.length === 0) return 0
    const { rows: positions } = await client.query<{ lsn: string; timeline: number }>(READ_POSITION)
    const position = positions[0] ?? { lsn: '0/0', timeline: 0 }
    await Promise.all(rows.map((row) => producer.send(this.#message(row, position))))
    await store.markTold(client, rows)
    return rows.length
  }

  #message(row: DifferenceRow, { lsn, timeline }: { lsn: string; timeline: number }): OutgoingMessage {
    const difference = toDifference(this.#parts.ids, row)
    const event: InconsistencyEvent = {
      specversion: '1.0',
      source: '/event-services/reconciliation',
      datacontenttype: 'application/json',
      id: `${difference.id}.${difference.version}`,
      type: 'reconciliation.inconsistency',
      subject: difference.id,
      time: difference.last_seen,
      data: { difference, commit_lsn: lsn, timeline },
    }
    return { key: difference.id, value: JSON.stringify(event) }
  }
}
