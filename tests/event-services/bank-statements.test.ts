/** Statements against payments in a real database: borders of days, late ends, lines that come twice, a million lines. */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { STATEMENT_COLUMNS } from '@paycluster/contracts'
import { houseAccount } from '@paycluster/platform/ids/house-accounts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { endPool } from '@paycluster/testkit/end-pool'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import type { Pool } from 'pg'
import { createEventsPool } from '../../event-services/src/events-pool.ts'
import { DifferenceStore } from '../../event-services/src/reconciliation/differences/difference-store.ts'
import { Findings } from '../../event-services/src/reconciliation/differences/finding.ts'
import { RunStore, type RunRow } from '../../event-services/src/reconciliation/runs/run-store.ts'
import { StatementComparison } from '../../event-services/src/reconciliation/statement/compare-statement.ts'
import { readStatement } from '../../event-services/src/reconciliation/statement/read-statement.ts'
import { StatementStore } from '../../event-services/src/reconciliation/statement/statement-store.ts'

const CLIENT = 7
const GRACE_MS = 3_600_000
const [MONDAY, TUESDAY, WEDNESDAY] = ['2026-03-02', '2026-03-03', '2026-03-04']
const MAX_BYTES = 268_435_456

const ids = new IdCodec('a secret for tests, of 32 letters or more')
let db: TestPostgres
let pool: Pool
let runs: RunStore
let statements: StatementStore
let differences: DifferenceStore

beforeAll(async () => {
  db = await startTestPostgres()
  pool = createEventsPool({ url: db.eventsUrl, name: 'statements', logger: createLogger('test', 'fatal'), max: 4 })
  runs = new RunStore(pool, 30_000)
  statements = new StatementStore(pool)
  differences = new DifferenceStore(pool, ids)
}, 60_000)
afterAll(async () => {
  await endPool(pool)
  await db.stop()
})
afterEach(async () => {
  for (const table of [
    'payments',
    'payment_operations',
    'payment_tasks',
    'reconciliation_runs',
    'reconciliation_differences',
  ])
    await query(db.ownerUrl, `DELETE FROM ${table}`)
  await query(db.ownerUrl, 'DELETE FROM bank_statement_lines')
  await query(db.ownerUrl, 'DELETE FROM reconciliation_watermarks')
})

interface Made {
  readonly id: string
  readonly uuid: string
  readonly bankId: string
}

/** A deposit that the bank has ended, as the worker leaves it. */
async function deposit(
  answeredAt: string,
  { amount = 100, status = 'succeeded' }: { amount?: number; status?: 'succeeded' | 'failed' | 'processing' } = {},
): Promise<Made> {
  const uuid = randomUUID()
  const bankId = `op_${uuid.slice(0, 8)}`
  const isOver = status !== 'processing'
  await query(
    db.ownerUrl,
    `WITH p AS (
       INSERT INTO payments (id, client_id, counterparty_client_id, status, failure, source_id, destination_id, amount,
         currency, fingerprint, created_at, posted_at, version, completed_at, rail, fee, bank)
       VALUES ($1, $2, $2, $3::payment_status, CASE WHEN $3 = 'failed' THEN 'bank_declined' END, $4, gen_random_uuid(), $5,
         'USD', '', $6, $6, CASE WHEN $7 THEN 2 ELSE 1 END, CASE WHEN $7 THEN $6::timestamptz END, 'deposit', 2, '{}')
     )
     INSERT INTO payment_tasks (id, payment_id, state, due_at, answer, reason, created_at, updated_at)
     VALUES ($1, $1, CASE WHEN $7 THEN 'done' ELSE 'pending' END::task_state, $6,
       CASE $3 WHEN 'succeeded' THEN 'settled' WHEN 'failed' THEN 'declined' END::task_answer,
       CASE WHEN $3 = 'succeeded' THEN $8 END, $6, $6)`,
    [uuid, CLIENT, status, houseAccount('clearing', 'USD'), amount, answeredAt, isOver, bankId],
  )
  return { id: ids.fromUuid('pay', uuid, CLIENT), uuid, bankId }
}

/** A refund of it that the bank has paid back. */
async function refund(of: Made, answeredAt: string, amount: number): Promise<Made> {
  const uuid = randomUUID()
  const bankId = `op_${uuid.slice(0, 8)}`
  await query(
    db.ownerUrl,
    `WITH o AS (
       INSERT INTO payment_operations (id, payment_id, client_id, kind, amount, fingerprint, payment_version, refunded,
         created_at, posted_at, settlement, settled_at)
       VALUES ($1, $2, $3, 'refund', $4, '', 3, $4, $5, $5, 'settled', $5)
     )
     INSERT INTO payment_tasks (id, payment_id, state, due_at, answer, reason, created_at, updated_at)
     VALUES ($1, $2, 'done', $5, 'settled', $6, $5, $5)`,
    [uuid, of.uuid, CLIENT, amount, answeredAt, bankId],
  )
  return { id: ids.fromUuid('ref', uuid, CLIENT), uuid, bankId }
}

async function end(made: Made, status: 'succeeded' | 'failed', at: string): Promise<void> {
  await query(
    db.ownerUrl,
    `WITH p AS (
       UPDATE payments SET status = $2::payment_status, version = 2, completed_at = $3,
         failure = CASE WHEN $2 = 'failed' THEN 'bank_declined' END WHERE id = $1
     )
     UPDATE payment_tasks SET state = 'done', updated_at = $3 WHERE payment_id = $1`,
    [made.uuid, status, at],
  )
}

const lineOf = (
  { id, bankId }: Made,
  settledAt: string,
  { amount = 100, key = id, currency = 'USD', type = 'collection' } = {},
): string => [bankId, key, type, amount, currency, '', settledAt, 0].join(',')

/** Reads and compares, as the runner does, at a time. */
async function compare(day: string, now: string, lines: readonly string[]): Promise<{ row: RunRow; found: unknown[] }> {
  const row = await runs.start({ id: randomUUID(), kind: 'statement', day, source: 'file', isFull: true })
  if (row === undefined) throw new Error('a run is under way')
  // The run is of its time, too.
  await query(db.ownerUrl, 'UPDATE reconciliation_runs SET created_at = $2 WHERE id = $1', [row.id, now])
  const file = Readable.from([Buffer.from([STATEMENT_COLUMNS.join(','), ...lines, ''].join('\n'))])
  for await (const chunk of readStatement(file, { day, maxBytes: MAX_BYTES, chunkLines: 2 }))
    await statements.insert(row.id, chunk)
  const nowMs = Date.parse(now)
  const clock = { now: () => nowMs }
  const comparison = new StatementComparison({
    store: statements,
    ids,
    clock,
    graceMs: GRACE_MS,
    pause: () => Promise.resolve(),
  })
  const findings = new Findings(100)
  const run = { id: row.id, kind: 'statement', day, isFull: true } as const
  const open = await differences.open('statement', 100)
  const watermark = await runs.watermark('statement')
  const { signal } = new AbortController()
  const checked = await comparison.check({ run, watermark, open, findings, signal }, day)
  await runs.finish(run, { ...checked, watermark: checked.watermark, isTruncated: false }, async (client) => {
    const recorded = await differences.record(client, run, findings.kept)
    const found = new Set(findings.kept.map((finding) => differences.idOf(finding)))
    const gone = open.filter((one) => !found.has(one.id.replaceAll('-', '')) && checked.isRechecked(one))
    return {
      ...recorded,
      resolved: await differences.resolve(
        client,
        run,
        gone.map(({ id }) => id),
      ),
    }
  })
  return { row, found: findings.kept.map(({ kind, subject, day: of }) => [kind, subject, of]) }
}

const openKinds = async (): Promise<unknown[]> =>
  (await differences.open('statement', 100)).map(({ kind, day }) => [kind, day])

describe('a statement', () => {
  it('agrees, by key or by the bank’s id, and says how far all are compared', async () => {
    const [one, two] = [await deposit(`${MONDAY}T10:00:00Z`), await deposit(`${MONDAY}T11:00:00Z`)]
    const lines = [lineOf(one, `${MONDAY}T09:59:00Z`), lineOf(two, `${MONDAY}T10:59:00Z`, { key: '' })]
    expect((await compare(MONDAY, `${TUESDAY}T02:00:00Z`, lines)).found).toEqual([])
    expect(await runs.watermark('statement')).toEqual({ through: MONDAY })
    expect((await compare(WEDNESDAY, '2026-03-05T02:00:00Z', [])).found).toEqual([])
    expect(await runs.watermark('statement')).toEqual({ through: MONDAY })
    // Of a day that is not over more may come.
    expect((await compare(TUESDAY, `${TUESDAY}T12:00:00Z`, [])).found).toEqual([])
    expect(await runs.watermark('statement')).toEqual({ through: MONDAY })
    expect((await compare(TUESDAY, `${WEDNESDAY}T02:00:00Z`, [])).found).toEqual([])
    expect(await runs.watermark('statement')).toEqual({ through: WEDNESDAY })
  })

  it('differs in amount, currency, the bank’s id and in what is on one side alone', async () => {
    const made = await Promise.all([1, 2, 3, 4, 5, 6].map((hour) => deposit(`${MONDAY}T1${hour}:00:00Z`)))
    const [amount, currency, bankId, missing, failed, fine] = made as [Made, Made, Made, Made, Made, Made]
    await end(failed, 'failed', `${MONDAY}T15:00:00Z`)
    const at = `${MONDAY}T10:00:00Z`
    const lines = [
      lineOf(amount, at, { amount: 101 }),
      lineOf(currency, at, { currency: 'EUR' }),
      lineOf({ ...bankId, bankId: 'op_other' }, at),
      lineOf(failed, at),
      lineOf(fine, at),
      lineOf({ ...fine, bankId: 'op_nobody' }, at, { key: 'not ours' }),
    ]
    const { found } = await compare(MONDAY, `${TUESDAY}T02:00:00Z`, lines)
    expect(found.toSorted()).toEqual(
      [
        ['amount_differs', amount.id, MONDAY],
        ['currency_differs', currency.id, MONDAY],
        ['bank_id_differs', bankId.id, MONDAY],
        ['missing', missing.id, MONDAY],
        ['state_differs', failed.id, MONDAY],
        ['extra', 'bank op_nobody', MONDAY],
      ].toSorted(),
    )
  })

  it('has lines of refunds, by their own ids', async () => {
    const paid = await deposit(`${MONDAY}T09:00:00Z`)
    const [fine, other, missing] = [
      await refund(paid, `${MONDAY}T10:00:00Z`, 10),
      await refund(paid, `${MONDAY}T11:00:00Z`, 20),
      await refund(paid, `${MONDAY}T12:00:00Z`, 30),
    ]
    const at = `${MONDAY}T10:00:00Z`
    const lines = [
      lineOf(paid, at),
      lineOf(fine, at, { type: 'refund', amount: -10, key: '' }),
      lineOf(other, at, { type: 'refund', amount: -21 }),
    ]
    const { found } = await compare(MONDAY, `${TUESDAY}T02:00:00Z`, lines)
    expect(found.toSorted()).toEqual(
      [
        ['amount_differs', other.id, MONDAY],
        ['missing', missing.id, MONDAY],
      ].toSorted(),
    )
    const late = lineOf(missing, `${TUESDAY}T01:00:00Z`, { type: 'refund', amount: -30 })
    expect((await compare(TUESDAY, `${WEDNESDAY}T02:00:00Z`, [late])).found).toEqual([])
    expect(await openKinds()).toEqual([['amount_differs', MONDAY]])
  })

  it('has a line twice, or one that another day has', async () => {
    const made = await deposit(`${MONDAY}T10:00:00Z`)
    const line = lineOf(made, `${MONDAY}T10:00:00Z`)
    expect((await compare(MONDAY, `${TUESDAY}T02:00:00Z`, [line, line])).found).toEqual([
      ['duplicate', made.id, MONDAY],
    ])
    expect((await compare(MONDAY, `${TUESDAY}T03:00:00Z`, [line])).found).toEqual([])
    expect(await openKinds()).toEqual([])
    const again = lineOf(made, `${TUESDAY}T10:00:00Z`)
    expect((await compare(TUESDAY, `${WEDNESDAY}T02:00:00Z`, [again])).found).toEqual([['duplicate', made.id, TUESDAY]])
    const nobody = 'op_1,,collection,5,USD,,2026-03-04T01:00:00Z,5'
    expect((await compare(WEDNESDAY, '2026-03-05T02:00:00Z', [nobody, nobody])).found).toContainEqual([
      'duplicate',
      'bank op_1',
      WEDNESDAY,
    ])
  })

  it('may have at its border what the next day’s has, and is asked for it once that is there', async () => {
    const [early, late] = [await deposit(`${MONDAY}T12:00:00Z`), await deposit(`${MONDAY}T23:30:00Z`)]
    const atNoon = lineOf(early, `${MONDAY}T12:00:00Z`)
    expect((await compare(MONDAY, `${TUESDAY}T02:00:00Z`, [atNoon])).found).toEqual([])
    const overnight = await deposit(`${TUESDAY}T00:10:00Z`)
    // The bank's clock was ahead of ours for one, and behind it for the other.
    const onTuesday = [lineOf(late, `${TUESDAY}T00:00:01Z`)]
    const onMonday = [atNoon, lineOf(overnight, `${MONDAY}T23:59:59Z`)]
    expect((await compare(MONDAY, `${TUESDAY}T02:30:00Z`, onMonday)).found).toEqual([])
    expect((await compare(TUESDAY, `${WEDNESDAY}T02:00:00Z`, onTuesday)).found).toEqual([])
    expect((await compare(TUESDAY, `${WEDNESDAY}T03:00:00Z`, [])).found).toEqual([['missing', late.id, TUESDAY]])
    // It comes a day late.
    await compare(WEDNESDAY, '2026-03-05T02:00:00Z', [lineOf(late, `${WEDNESDAY}T08:00:00Z`)])
    expect(await openKinds()).toEqual([])
  })

  it('waits for a payment that is under way, and asks again on later days', async () => {
    const slow = await deposit(`${MONDAY}T23:50:00Z`, { status: 'processing' })
    const line = lineOf(slow, `${MONDAY}T23:55:00Z`)
    expect((await compare(MONDAY, `${TUESDAY}T00:10:00Z`, [line])).found).toEqual([])
    expect((await compare(TUESDAY, `${WEDNESDAY}T02:00:00Z`, [])).found).toEqual([['state_differs', slow.id, MONDAY]])
    await end(slow, 'succeeded', `${WEDNESDAY}T03:00:00Z`)
    expect((await compare(WEDNESDAY, '2026-03-05T02:00:00Z', [])).found).toEqual([])
    expect(await openKinds()).toEqual([])
  })

  it('is not asked for what was asked for before the first one', async () => {
    await deposit('2026-03-01T23:00:00Z')
    const made = await deposit(`${MONDAY}T00:30:00Z`)
    await query(db.ownerUrl, 'UPDATE payment_tasks SET updated_at = $2 WHERE payment_id = $1', [
      made.uuid,
      `${MONDAY}T08:00:00Z`,
    ])
    expect((await compare(MONDAY, `${TUESDAY}T02:00:00Z`, [])).found).toEqual([])
  })
})

describe('a run', () => {
  it('is one of a kind, ends by its lease, and does nothing after that', async () => {
    const ask = { kind: 'statement', day: MONDAY, source: 'file', isFull: true } as const
    const dead = await runs.start({ ...ask, id: randomUUID() })
    if (dead === undefined) throw new Error('not started')
    await query(db.ownerUrl, "UPDATE reconciliation_runs SET lease_until = now() - interval '1 second'")
    // Whoever comes next takes it for dead.
    const next = await runs.start({ ...ask, id: randomUUID() })
    expect(next?.state).toBe('running')
    expect(await runs.start({ ...ask, id: randomUUID() })).toBeUndefined()
    expect(await runs.read(dead.id)).toMatchObject({ state: 'failed', error: expect.stringContaining('has ended') })
    expect(await runs.renew(dead.id)).toBe(false)
    const line = { line: 2, bankId: 'op', key: '', type: 'payout', amount: -1, currency: 'USD' } as const
    await expect(statements.insert(dead.id, [{ ...line, settledAt: `${MONDAY}T00:00:00Z` }])).rejects.toThrow('dead')
    const run = { id: dead.id, kind: 'statement', day: MONDAY, isFull: true } as const
    const none = { found: 0, opened: 0, resolved: 0 }
    await expect(
      runs.finish(run, { checked: 1, isTruncated: false, watermark: { through: MONDAY } }, () => Promise.resolve(none)),
    ).rejects.toThrow('has ended')
    expect(await runs.watermark('statement')).toBeUndefined()
    await runs.fail(next?.id ?? '', 'enough')
    expect(await runs.start({ ...ask, id: randomUUID(), notWithinMs: 60_000 })).toBeUndefined()
  })

  it('that has failed leaves no lines', async () => {
    const row = await runs.start({ id: randomUUID(), kind: 'statement', day: MONDAY, source: 'file', isFull: true })
    const id = row?.id ?? ''
    const line = { bankId: 'op', key: '', type: 'payout', amount: -1, currency: 'USD' } as const
    const lines = Array.from({ length: 25 }, (_, n) => ({ ...line, line: n + 2, settledAt: `${MONDAY}T00:00:00Z` }))
    await statements.insert(id, lines)
    expect(await statements.sweep(90, 10)).toBe(0)
    await runs.fail(id, 'for a test')
    expect([await statements.sweep(90, 10), await statements.sweep(90, 10), await statements.sweep(90, 10)]).toEqual([
      10, 10, 5,
    ])
  })
})
