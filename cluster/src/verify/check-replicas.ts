/**
 * I9: every replica converges: it replays what the primary had when this began, within a bound, and then holds the same.
 *
 * Snapshots of two nodes are never of one moment while money moves. The ledger's offsets tell whether they are of one state:
 * if so, all tables are compared. If not, after some tries, what cannot change any more is: entries and payments that were
 * recorded before the oldest transaction that was open when this began.
 */
import { Client } from 'pg'
import { loadText } from '@paycluster/platform/load-text'
import { ClusterError, messageOf } from '../cluster-error.ts'
import { waitUntil } from '../wait.ts'
import { add, findingOf, NOTHING, type Finding, type OffendingRow } from './invariant.ts'
import { inSnapshot } from './snapshot.ts'

export interface NamedUrl {
  readonly name: string
  readonly url: string
}

interface TableSum {
  readonly table: string
  readonly rows: number
  readonly checksum: string
}

interface NodeSums {
  readonly stamp: string
  readonly tables: readonly TableSum[]
}

const CHECKSUMS = loadText(import.meta.url, './invariants/i9-table-checksums.sql')
/** Tries to catch both nodes in one state. Under load it never works, at rest always the first time. */
const MAX_TRIES = 3

/**
 * @param waitMs  how long a replica may take to replay
 * @throws Error when the primary does not answer: nothing is known of its replicas then. A replica that does not answer is
 * a violation
 */
export async function checkReplicas(
  primaryUrl: string,
  replicas: readonly NamedUrl[],
  waitMs: number,
): Promise<Finding> {
  const findings: Finding[] = []
  for (const replica of replicas) {
    findings.push(await checkReplica(primaryUrl, replica, waitMs).catch((error: unknown) => silent(replica, error)))
  }
  return findings.reduce(add, NOTHING)
}

async function checkReplica(primaryUrl: string, replica: NamedUrl, waitMs: number): Promise<Finding> {
  const frozenBefore = await readFrozenBefore(primaryUrl)
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const primary = await readSums(primaryUrl, null)
    const lag = await untilReplayed(primaryUrl, replica, waitMs)
    if (lag !== undefined) return findingOf(0, [{ replica: replica.name, problem: 'does not catch up', lag }])
    const own = await ofReplica(readSums(replica.url, null))
    if (own.stamp !== primary.stamp) continue
    const finding = compare(replica.name, primary, own, `${replica.name}: every table`)
    // A key that was made in between moves no offset.
    if (finding.violations === 0 || attempt === MAX_TRIES) return finding
  }
  const primary = await readSums(primaryUrl, frozenBefore)
  const own = await ofReplica(readSums(replica.url, frozenBefore))
  return compare(
    replica.name,
    primary,
    own,
    `${replica.name}: written to meanwhile, so entries and payments before ${frozenBefore.toISOString()} alone`,
  )
}

async function readSums(url: string, before: Date | null): Promise<NodeSums> {
  return inSnapshot(url, async (client) => {
    const result = await client.query<NodeSums>(CHECKSUMS, [before])
    const [row] = result.rows
    if (row === undefined) throw new Error('i9-table-checksums.sql returned nothing')
    return row
  })
}

function compare(replica: string, primary: NodeSums, own: NodeSums, note: string): Finding {
  const names = [...new Set([...primary.tables, ...own.tables].map(({ table }) => table))]
  const rowsOf = (sums: NodeSums, name: string): TableSum =>
    sums.tables.find(({ table }) => table === name) ?? { table: name, rows: 0, checksum: 'none' }
  const offending = names.flatMap((table): OffendingRow[] => {
    const [there, here] = [rowsOf(primary, table), rowsOf(own, table)]
    if (there.rows === here.rows && there.checksum === here.checksum) return []
    return [{ replica, table, problem: 'differs', primary_rows: there.rows, replica_rows: here.rows }]
  })
  return findingOf(
    own.tables.reduce((sum, { rows }) => sum + rows, 0),
    offending,
    [note],
  )
}

/** @returns why not, when it did not replay what the primary has now within its time */
async function untilReplayed(primaryUrl: string, replica: NamedUrl, waitMs: number): Promise<string | undefined> {
  const target = await one<{ lsn: string }>(primaryUrl, 'SELECT pg_current_wal_lsn()::text AS lsn', [])
  try {
    await waitUntil(`${replica.name} to replay ${target.lsn}`, waitMs, async () => {
      const { lag } = await ofReplica(
        one<{ lag: string | null }>(
          replica.url,
          'SELECT pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::text AS lag',
          [target.lsn],
        ),
      )
      if (lag === null) return 'it is no replica'
      return Number(lag) <= 0 ? undefined : `${lag} bytes to go`
    })
    return undefined
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'timed_out') return error.message
    throw error
  }
}

/**
 * Nothing that commits from now on records a time before this. A batch takes its time within its transaction, so that it
 * is not before the start of the oldest one that is open; a second is left for rounding.
 */
async function readFrozenBefore(primaryUrl: string): Promise<Date> {
  const { before } = await one<{ before: Date }>(
    primaryUrl,
    `SELECT least(now(), min(xact_start)) - interval '1 second' AS before
     FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    [],
  )
  return before
}

async function one<Row>(url: string, sql: string, parameters: readonly unknown[]): Promise<Row> {
  const client = new Client({ connectionString: url, application_name: 'verify', connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const result = await client.query(sql, [...parameters])
    return result.rows[0] as Row
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** What a replica was asked and did not answer. */
class ReplicaError extends Error {}

const ofReplica = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw new ReplicaError(messageOf(error), { cause: error })
  })

/** @throws what was thrown, unless it was the replica that did not answer */
function silent(replica: NamedUrl, error: unknown): Finding {
  if (!(error instanceof ReplicaError)) throw error
  return findingOf(0, [{ replica: replica.name, problem: error.message }])
}
