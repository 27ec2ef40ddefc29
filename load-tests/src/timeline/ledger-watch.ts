/** Where ledger and replicas stand, asked of the primary and of Kafka: two small questions over kept connections. */
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { partitionRanges } from '@paycluster/platform/kafka/log-offsets'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import { Kafka, logLevel } from '@paycluster/platform/kafka/kafkajs'
import { loadText } from '@paycluster/platform/load-text'
import type { Admin } from 'kafkajs'
import type { Pool } from 'pg'
import { monitorPool } from '../target/monitor-pool.ts'
import type { LocalCluster } from '../target/target.ts'

export interface Standby {
  readonly name: string
  readonly lag_bytes: number
  /** Null when nothing is under way. */
  readonly lag_ms: number | null
}

export interface LedgerState {
  readonly standbys: readonly Standby[]
  /** Commands that Kafka has and the ledger has not posted; undefined when the broker does not answer. */
  readonly waitingCommands: number | undefined
}

interface Row {
  next_offset: number
  standbys: Standby[]
}

const QUESTION = { name: 'load-timeline', text: loadText(import.meta.url, './replication.sql') }
const TIMEOUT_MS = 2000

export class LedgerWatch {
  readonly #pool: Pool
  readonly #admin: Admin
  readonly #connected: Promise<unknown>

  constructor(cluster: Pick<LocalCluster, 'settings' | 'secrets'>) {
    this.#pool = monitorPool(cluster, 'load timeline', TIMEOUT_MS)
    this.#admin = new Kafka({
      brokers: [brokerAddress(cluster.settings)],
      clientId: 'load-timeline',
      requestTimeout: TIMEOUT_MS,
      connectionTimeout: TIMEOUT_MS,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    }).admin()
    this.#connected = this.#admin.connect().catch(() => undefined)
  }

  /** Undefined when the primary does not answer. */
  async read(): Promise<LedgerState | undefined> {
    const [row, written] = await Promise.all([this.#ask(), this.#written()])
    if (row === undefined) return undefined
    const waitingCommands = written === undefined ? undefined : Math.max(0, written - row.next_offset)
    return { standbys: row.standbys, waitingCommands }
  }

  async close(): Promise<void> {
    await this.#connected
    await Promise.allSettled([this.#pool.end(), this.#admin.disconnect()])
  }

  async #ask(): Promise<Row | undefined> {
    try {
      const { rows } = await this.#pool.query<Row>({ ...QUESTION, values: [COMMANDS_TOPIC] })
      return rows[0]
    } catch {
      return undefined
    }
  }

  /** Ends of the partitions, added up. */
  async #written(): Promise<number | undefined> {
    try {
      await this.#connected
      const ranges = await partitionRanges(this.#admin, COMMANDS_TOPIC)
      return ranges.reduce((sum, { high }) => sum + high, 0)
    } catch {
      return undefined
    }
  }
}
