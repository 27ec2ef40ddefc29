/** Compares entries of the cache with the primary: each is what it has, or had, at the same version, and never newer. */
import type { ClientBase } from 'pg'
import { formatLsn, parseLsn, type Lsn } from '../consistency/lsn.ts'
import type { IdCodec } from '../ids/id-codec.ts'
import { loadText } from '../load-text.ts'
import { decodeCached, type CachedQuery, type CachedRecord } from './cached-record.ts'

const QUERIES: Readonly<Record<CachedQuery, string>> = {
  'cached-balances': loadText(import.meta.url, './cached-balances.sql'),
  'cached-accounts': loadText(import.meta.url, './cached-accounts.sql'),
  'cached-payments': loadText(import.meta.url, './cached-payments.sql'),
  'cached-refunds': loadText(import.meta.url, './cached-refunds.sql'),
  'cached-pages': loadText(import.meta.url, './cached-pages.sql'),
}

/** An entry that is wrong, and why. `expected` and `found` are JSON, or a position in the primary's log. */
export interface CachedFault {
  readonly key: string
  readonly problem: string
  readonly expected?: string
  readonly found?: string
}

export interface ComparedCache {
  readonly checked: number
  /** How many are wrong; of these `faults` has the first hundred of each kind. */
  readonly violations: number
  readonly faults: readonly CachedFault[]
  /** Entries of an earlier timeline, which are not compared: no reader answers with them. */
  readonly otherTimelines: number
}

interface PrimaryPosition {
  readonly timeline: number
  readonly lsn: Lsn
}

interface ComparedRow {
  /** bigint, as text. */
  readonly checked: string
  readonly violations: string
  readonly rows: readonly CachedFault[] | null
}

/**
 * @param client  in a snapshot of the primary that was taken after the values were read
 * @param values  what Redis has under each of the keys; null for what has expired meanwhile
 */
export async function compareCached(
  client: ClientBase,
  codec: IdCodec,
  keys: readonly string[],
  values: readonly (string | null)[],
): Promise<ComparedCache> {
  const records: CachedRecord[] = []
  const unusable: CachedFault[] = []
  keys.forEach((key, index) => {
    const value = values[index]
    if (value === null || value === undefined) return
    const decoded = decodeCached(codec, key, value)
    if (decoded === 'foreign') return
    if ('problem' in decoded) unusable.push({ key, ...decoded })
    else records.push(decoded)
  })
  const position = await readPosition(client)
  const future = records.filter(({ entry }) => isAhead(entry, position)).map((record) => futureFault(record, position))
  const comparable = records.filter(({ entry }) => entry.timeline === position.timeline)
  const rows: ComparedRow[] = []
  for (const query of new Set(comparable.map((record) => record.query))) {
    // A key that SCAN gives twice is compared twice, which costs little and changes nothing.
    const compared = comparable.filter((record) => record.query === query).map(({ record }) => record)
    rows.push(...(await client.query<ComparedRow>(QUERIES[query], [JSON.stringify(compared)])).rows)
  }
  const own = [...unusable, ...future]
  return {
    checked: unusable.length + rows.reduce((sum, { checked }) => sum + Number(checked), 0),
    violations: own.length + rows.reduce((sum, { violations }) => sum + Number(violations), 0),
    faults: [...own, ...rows.flatMap((row) => row.rows ?? [])],
    otherTimelines: records.filter(({ entry }) => entry.timeline < position.timeline).length,
  }
}

const isAhead = (entry: CachedRecord['entry'], { timeline, lsn }: PrimaryPosition): boolean =>
  entry.timeline > timeline || (entry.timeline === timeline && entry.lsn > lsn)

const futureFault = ({ entry }: CachedRecord, { timeline, lsn }: PrimaryPosition): CachedFault => ({
  key: entry.key,
  problem: 'from a log position that the primary has not reached',
  expected: `at most ${String(timeline)}:${formatLsn(lsn)}`,
  found: `${String(entry.timeline)}:${formatLsn(entry.lsn)}`,
})

/** The timeline is the first eight hexadecimal digits of the name of the log file being written. */
async function readPosition(client: ClientBase): Promise<PrimaryPosition> {
  const { rows } = await client.query<{ lsn: string; timeline: string }>(
    'SELECT pg_current_wal_lsn()::text AS lsn, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline',
  )
  const [row] = rows
  if (row === undefined) throw new Error('the primary did not say where it stands')
  return { lsn: parseLsn(row.lsn), timeline: parseInt(row.timeline, 16) }
}
