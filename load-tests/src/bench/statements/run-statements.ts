/** A day's statement of many lines against as many payments: how fast it is read, kept and compared, in how much memory. */
import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { STATEMENT_COLUMNS } from '@paycluster/contracts'
import { houseAccount } from '@paycluster/platform/ids/house-accounts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { loadText } from '@paycluster/platform/load-text'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres } from '@paycluster/testkit/test-postgres'
import { createEventsPool } from 'event-services/events-pool'
import { Findings } from 'event-services/reconciliation/differences/finding'
import { RunStore } from 'event-services/reconciliation/runs/run-store'
import { StatementComparison } from 'event-services/reconciliation/statement/compare-statement'
import { keepStatement } from 'event-services/reconciliation/statement/keep-statement'
import { StatementStore } from 'event-services/reconciliation/statement/statement-store'
import { describeMachine, type Machine } from '../common/calibration.ts'

const DAY = '2026-03-02'
const DAY_MS = 86_400_000
const START_MS = Date.parse(`${DAY}T00:00:00Z`)
const MAX_BYTES = 2 ** 30
const LOOK_EVERY_MS = 20
const LINES_A_PIECE = 500
const GRACE_MS = 3_600_000
const LEASE_MS = 600_000
const CLIENT = 1
const SEED = loadText(import.meta.url, './seed-settled.sql')

export interface StatementsReport {
  readonly lines: number
  readonly bytes: number
  /** Parsed, checked and kept in the database. */
  readonly readS: number
  readonly compareS: number
  /** Of this process: before, and at most while it read and compared. */
  readonly rssBytes: { readonly before: number; readonly most: number }
  readonly heapBytes: { readonly before: number; readonly most: number }
  /** By kind; what was planted, to be right. */
  readonly found: Readonly<Record<string, number>>
  readonly machine: Machine
}

/** @throws ClusterError when the server does not start */
export async function runStatements(lines: number, say: (what: string) => void): Promise<StatementsReport> {
  const db = await startTestPostgres({ replicas: 0, postgres: { fsync: true } })
  const pool = createEventsPool({ url: db.eventsUrl, name: 'bench', logger: createLogger('bench', 'warn'), max: 2 })
  try {
    say(`${lines} payments that a bank has settled`)
    const clearing = houseAccount('clearing', 'USD')
    await query(db.ownerUrl, SEED, [lines, `${DAY}T00:00:00Z`, clearing])
    await query(db.superuserUrl, 'VACUUM ANALYZE payments, payment_tasks')
    const runs = new RunStore(pool, LEASE_MS)
    const store = new StatementStore(pool)
    const ids = new IdCodec(db.secrets.clusterSecret)
    const row = await runs.start({ id: randomUUID(), kind: 'statement', day: DAY, source: 'file', isFull: true })
    if (row === undefined) throw new Error('a run is under way')

    const sent = { bytes: 0 }
    const memory = new Memory()
    say('reading the statement')
    let startedMs = performance.now()
    const file = Readable.from(piecesOf(lines, ids, sent), { objectMode: false })
    const looking = setInterval(() => {
      memory.look()
    }, LOOK_EVERY_MS)
    const { signal } = new AbortController()
    await keepStatement(store, file, { run: row.id, day: DAY, maxBytes: MAX_BYTES, signal })
    clearInterval(looking)
    const readS = (performance.now() - startedMs) / 1000

    say('comparing it')
    startedMs = performance.now()
    const findings = new Findings(100)
    const comparison = new StatementComparison({
      store,
      ids,
      clock: { now: () => START_MS + 2 * DAY_MS },
      graceMs: GRACE_MS,
      pause: () => {
        memory.look()
        return Promise.resolve()
      },
    })
    const run = { id: row.id, kind: 'statement', day: DAY, isFull: true } as const
    await comparison.check({ run, watermark: undefined, open: [], findings, signal }, DAY)
    memory.look()
    const found = Object.fromEntries(
      [...Map.groupBy(findings.kept, ({ kind }) => kind)].map(([kind, ones]) => [kind, ones.length]),
    )
    return {
      lines,
      bytes: sent.bytes,
      readS,
      compareS: (performance.now() - startedMs) / 1000,
      rssBytes: memory.rss,
      heapBytes: memory.heap,
      found,
      machine: describeMachine(),
    }
  } finally {
    await pool.end()
    await db.stop()
  }
}

class Memory {
  readonly rss = { before: process.memoryUsage().rss, most: 0 }
  readonly heap = { before: process.memoryUsage().heapUsed, most: 0 }

  look(): void {
    const { rss, heapUsed } = process.memoryUsage()
    this.rss.most = Math.max(this.rss.most, rss)
    this.heap.most = Math.max(this.heap.most, heapUsed)
  }
}

/** A line for each payment but one in the middle of the day; the second has another amount; one is of nobody. */
function* piecesOf(lines: number, ids: IdCodec, sent: { bytes: number }): Generator<Buffer, void> {
  let piece = `${STATEMENT_COLUMNS.join(',')}\r\n`
  const flush = (): Buffer => {
    const bytes = Buffer.from(piece)
    sent.bytes += bytes.length
    piece = ''
    return bytes
  }
  const missing = Math.ceil(lines / 2)
  for (let n = 1; n <= lines; n += 1) {
    if (n === missing) continue
    const id = ids.fromUuid('pay', createHash('md5').update(String(n)).digest('hex'), CLIENT)
    const at = new Date(START_MS + (n * DAY_MS) / (lines + 1)).toISOString()
    piece += `op_${n},${id},collection,${100 + (n % 900) + (n === 2 ? 1 : 0)},USD,,${at},0\r\n`
    if (n % LINES_A_PIECE === 0) yield flush()
  }
  piece += `op_nobody,,collection,1,USD,,${DAY}T12:00:00.000Z,0\r\n`
  yield flush()
}
