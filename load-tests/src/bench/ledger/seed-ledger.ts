/** A ledger with a past: funded customers, merchants, and as many payments between them as asked for. */
import { createHash } from 'node:crypto'
import { COMMANDS_TOPIC, TOPIC_PARTITIONS } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import { waitFor } from '@paycluster/testkit/wait-for'
import type pg from 'pg'
import type { Cast } from './plan-commands.ts'

const sql = (name: string): string => loadText(import.meta.url, `./${name}.sql`)
const SEED_ACCOUNTS = sql('seed-accounts')
const SEED_PAYMENTS = sql('seed-payments')
const SEED_BALANCES = sql('seed-balances')

export interface Past {
  readonly customers: number
  readonly merchants: number
  /** Between customers and merchants, besides one funding payment a customer. */
  readonly payments: number
}

const FUNDS_MINOR = 100_000_000
/** 100 MB of log each: a replica that is slow for a moment stays within what its slot keeps. */
const PAYMENTS_PER_PIECE = 100_000
const CATCH_UP_TIMEOUT_MS = 300_000

const uuidOf = (name: string): string => createHash('md5').update(name).digest('hex')

/** The id of the n-th seeded payment between a customer and a merchant; counts from 1. */
export const seededPaymentUuid = (past: Past, n: number): string => uuidOf(`payment ${past.customers + n}`)

/**
 * @param owner  as payments_owner, on an empty, migrated database
 * @param monitor  as payments_monitor, to wait for the replicas
 */
export async function seedLedger(
  owner: pg.Client,
  monitor: pg.Client,
  codec: IdCodec,
  past: Past,
  stop: AbortSignal,
): Promise<Cast> {
  const { customers, merchants, payments } = past
  const [system, client] = await addClients(owner)
  await owner.query(SEED_ACCOUNTS, [client, system, customers, merchants])
  const last = customers + payments
  for (let first = 1; first <= last; first += PAYMENTS_PER_PIECE) {
    stop.throwIfAborted()
    const until = Math.min(first + PAYMENTS_PER_PIECE - 1, last)
    await owner.query(SEED_PAYMENTS, [first, until, customers, merchants, FUNDS_MINOR, client, system])
    await replicasCaughtUp(monitor)
  }
  await owner.query(SEED_BALANCES, [last, customers, merchants, FUNDS_MINOR])
  await owner.query('INSERT INTO ledger_offsets SELECT $1, n, 0 FROM generate_series(0, $2::int - 1) n', [
    COMMANDS_TOPIC,
    TOPIC_PARTITIONS,
  ])
  for (const table of ['accounts', 'account_balances', 'payments', 'entries'])
    await owner.query(`VACUUM ANALYZE ${table}`)
  await replicasCaughtUp(monitor)
  const idsOf = (kind: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => codec.fromUuid('acc', uuidOf(`${kind} ${index + 1}`), client))
  return { client, customers: idsOf('customer', customers), merchants: idsOf('merchant', merchants) }
}

async function addClients(owner: pg.Client): Promise<[system: number, client: number]> {
  const { rows } = await owner.query<{ id: number }>(
    `INSERT INTO clients (name) VALUES ('bench-system'), ('bench') RETURNING id`,
  )
  return [rows[0]?.id ?? 0, rows[1]?.id ?? 0]
}

/** A replica that falls behind further than its slot keeps is lost. */
async function replicasCaughtUp(monitor: pg.Client): Promise<void> {
  await waitFor(
    'the replicas to replay what was seeded',
    async () => {
      const { rows } = await monitor.query<{ lag: string | null }>(
        'SELECT max(pg_current_wal_flush_lsn() - replay_lsn)::text AS lag FROM pg_stat_replication',
      )
      return Number(rows[0]?.lag ?? 0) <= 0
    },
    { timeoutMs: CATCH_UP_TIMEOUT_MS },
  )
}
