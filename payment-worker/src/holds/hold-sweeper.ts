/**
 * Ends holds whose time is over: by commands, like everything that changes money, so that an expiry and a capture meet in
 * one log and the first of them counts. What is due stands in the ledger, and in no process: a worker that dies leaves
 * nothing undone, and the command of a hold has one id, however often it is sent.
 */
import type { Pool } from 'pg'
import type { Command } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { Logger } from '@paycluster/platform/logging'
import type { MessageSink } from '../publishing/batch-publisher.ts'

const READ_EXPIRED_HOLDS = { name: 'read-expired-holds', text: loadText(import.meta.url, './read-expired-holds.sql') }

/** Any number, as long as all workers have the same and nothing else has it. */
const SWEEP_LOCK = 7_265_392
/** What one sweep ends at most. */
const MAX_HOLDS = 500
/** A command that was sent is on its way; after so long without an effect it is sent again. */
const SEND_AGAIN_MS = 60_000
/** Of no body: nobody asked. */
const NO_FINGERPRINT = '0'.repeat(32)

interface Row {
  readonly id: string
  readonly client_id: number
  readonly source_id: string
}

export interface SweeperParts {
  /** To the primary. */
  readonly pool: Pool
  /** Of commands. */
  readonly commands: MessageSink
  readonly ids: IdCodec
  readonly clock: Clock
  readonly logger: Logger
  readonly intervalMs: number
}

/** One of all workers' sweepers is at work at a time. */
export class HoldSweeper {
  readonly #parts: SweeperParts
  #timer: NodeJS.Timeout | undefined
  #sweep: Promise<void> = Promise.resolve()
  #isStopped = false
  /** When the command of a hold was sent, by the payment's id: as many as are due and not ended yet. */
  readonly #sent = new Map<string, number>()

  constructor(parts: SweeperParts) {
    this.#parts = parts
  }

  start(): void {
    this.#next(this.#parts.intervalMs)
  }

  /** Resolves when the sweep in hand is over. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#sweep
  }

  #next(delayMs: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#sweep = this.#sweepOnce()
    }, delayMs)
  }

  async #sweepOnce(): Promise<void> {
    const { intervalMs, logger } = this.#parts
    try {
      await this.sweep()
    } catch (error) {
      // Whatever is away: it is looked for again, and what is due is due still.
      logger.warn({ err: error }, 'could not sweep expired holds')
    }
    this.#next(intervalMs)
  }

  /**
   * Sends a command for each hold that is due, {@link MAX_HOLDS} at most, and none twice within {@link SEND_AGAIN_MS}: while
   * nothing can be posted, the log does not fill with them.
   *
   * @returns how many
   * @throws DatabaseError · KafkaJSError
   */
  async sweep(): Promise<number> {
    const { pool, commands } = this.#parts
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      const { rows } = await client.query<Row>({ ...READ_EXPIRED_HOLDS, values: [MAX_HOLDS, SWEEP_LOCK] })
      const due = this.#notSentLately(rows)
      if (due.length > 0) await commands.send(due.map((row) => this.#toMessage(row)))
      for (const { id } of due) this.#sent.set(id, this.#parts.clock.now())
      await client.query('COMMIT')
      client.release()
      return due.length
    } catch (error) {
      // With its connection ends the transaction, and the lock.
      client.release(true)
      throw error
    }
  }

  #notSentLately(rows: readonly Row[]): Row[] {
    const since = this.#parts.clock.now() - SEND_AGAIN_MS
    for (const [id, atMs] of this.#sent) if (atMs < since) this.#sent.delete(id)
    return rows.filter(({ id }) => !this.#sent.has(id))
  }

  /** Keyed by the payer's account, as the payment was and what its owners ask of it is. */
  #toMessage({ id, client_id: client, source_id }: Row): { key: string; value: string } {
    const { ids, clock } = this.#parts
    const payment = ids.fromUuid('pay', id, client)
    const command: Command = {
      type: 'payment.expire',
      // No client's key has a space in it: none can take this id.
      id: ids.derive('opr', client, `expire ${payment}`),
      payment,
      client,
      fingerprint: NO_FINGERPRINT,
      created_at_ms: clock.now(),
    }
    return { key: ids.fromUuid('acc', source_id, client), value: JSON.stringify(command) }
  }
}
