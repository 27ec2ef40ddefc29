/**
 * Appends to the audit log.
 *
 *     lock the chain → which events are new → hash, chain, sign → insert, commit
 *
 * What is in the log is what makes an event old: a redelivery, or an event that the worker told twice, adds nothing. So an
 * append that is done again after a crash, a lost connection or a rebalance has the effect of one.
 */
import type { Pool, PoolClient } from 'pg'
import { GENESIS_HEAD, headOf, recordHash, type HeadSigner } from '@paycluster/platform/audit/audit-chain'
import { encodeContent } from '@paycluster/platform/audit/batch-content'
import { rootOf } from '@paycluster/platform/audit/merkle-tree'
import type { Clock } from '@paycluster/platform/clock'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { inTransaction } from '@paycluster/platform/postgres/in-transaction'
import type { AuditEvent } from '@paycluster/platform/audit/audit-event'

const APPEND_BATCH = { name: 'append-audit-batch', text: loadText(import.meta.url, './append-batch.sql') }
/** Of all advisory locks in the database the chain's. */
const LOCK_CHAIN = { name: 'lock-audit-chain', text: 'SELECT pg_advisory_xact_lock(4113017)' }
const READ_KNOWN = { name: 'read-known-events', text: 'SELECT key FROM audit_records WHERE key = ANY ($1::text[])' }
const READ_END = {
  name: 'read-audit-end',
  text: `SELECT number::float8 AS number, (first_seq + count)::float8 AS next_seq, head
         FROM audit_batches ORDER BY number DESC LIMIT 1`,
}

interface EndRow {
  readonly number: number
  readonly next_seq: number
  readonly head: Buffer
}

export interface AppendedBatch {
  readonly number: number
  readonly firstSeq: number
  readonly count: number
}

export class AuditLog {
  readonly #pool: Pool
  readonly #signer: HeadSigner
  readonly #clock: Clock

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool, signer: HeadSigner, clock: Clock) {
    this.#pool = pool
    this.#signer = signer
    this.#clock = clock
  }

  /**
   * Appends those of the events that are new, in their order, as one batch. Resolves when it is committed and on a standby.
   *
   * @returns undefined when none was new
   * @throws DatabaseError, or what a lost connection throws: the append may have been done, and may be done again
   */
  async append(events: readonly AuditEvent[]): Promise<AppendedBatch | undefined> {
    return inTransaction(this.#pool, (client) => this.#append(client, events))
  }

  async #append(client: PoolClient, events: readonly AuditEvent[]): Promise<AppendedBatch | undefined> {
    // A statement of its own: what follows must see what the last holder has committed.
    await client.query(LOCK_CHAIN)
    const fresh = await freshOf(client, events)
    if (fresh.length === 0) return undefined
    const { rows } = await client.query<EndRow>(READ_END)
    const end = rows[0] ?? { number: 0, next_seq: 1, head: GENESIS_HEAD }
    const [number, firstSeq, count] = [end.number + 1, end.next_seq, fresh.length]
    const hashes = fresh.map(({ partition, offset, body }, index) =>
      recordHash({ seq: firstSeq + index, partition, offset, body }),
    )
    const madeAt = isoTime(this.#clock.now())
    const head = headOf({ number, firstSeq, count, madeAt, previousHead: end.head, root: rootOf(hashes) })
    await client.query({
      ...APPEND_BATCH,
      values: [
        ...[number, firstSeq, madeAt, end.head, head, this.#signer.sign(head), await encodeContent(fresh)],
        fresh.map(({ key }) => key),
        fresh.map(({ type }) => type),
      ],
    })
    return { number, firstSeq, count }
  }
}

/** Those that the log does not have, each once. */
async function freshOf(client: PoolClient, events: readonly AuditEvent[]): Promise<AuditEvent[]> {
  const { rows } = await client.query<{ key: string }>({ ...READ_KNOWN, values: [events.map(({ key }) => key)] })
  const known = new Set(rows.map(({ key }) => key))
  return events.filter(({ key }) => {
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}
