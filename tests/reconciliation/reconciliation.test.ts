/** The ledger against a real bank's statements, and against its own copies: what differs is found, and nothing else is. */
import { describe, expect, it } from '@jest/globals'
import { request } from 'node:http'
import { balanceKey } from '@paycluster/platform/cache/cache-keys'
import { decodeCacheEntry, encodeCacheEntry } from '@paycluster/platform/cache/cache-entry'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { createLogger } from '@paycluster/platform/logging'
import { redisSocket } from '@paycluster/cluster/nodes/redis'
import { RECONCILIATION_KINDS, type Payment } from '@paycluster/contracts'
import { ApiClient } from '@paycluster/testkit/api-client'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import { makeClient } from '@paycluster/testkit/make-client'
import { waitFor } from '@paycluster/testkit/wait-for'
import {
  account,
  all,
  asOwner,
  cluster,
  csv,
  day,
  fileOf,
  give,
  LEASE_MS,
  move,
  openDifferences,
  ops,
  payByCard,
  refund,
  run,
  runOps,
  shop,
  statement,
  toldIds,
} from './stage.ts'

const TEST_MS = 120_000

let payments: Payment[] = []
/** The statement with an amount that is changed, a line that is gone, and one that nobody asked for. */
let altered: string[] = []

const EXTRA = 'op_nobody'

async function withRedis<T>(work: (redis: ReturnType<typeof createRedisClient>) => Promise<T>): Promise<T> {
  const url = `unix://${redisSocket(cluster.layout)}`
  const redis = createRedisClient({ url, name: 'test', logger: createLogger('test', 'fatal') })
  try {
    await waitFor('redis', () => redis.status === 'ready')
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

describe('reconciliation', () => {
  it(
    'is begun by one of several processes, without being asked',
    async () => {
      const runs = await waitFor(
        'the first runs',
        async () => {
          const found = await all(ops.reconciliation.runs())
          const done = found.filter(({ state }) => state !== 'running').map(({ kind }) => kind)
          return new Set(done).size === RECONCILIATION_KINDS.length ? found : undefined
        },
        { timeoutMs: TEST_MS },
      )
      expect(
        runs.map(({ kind, state, asked_by, error }) => ({ kind, state, asked_by, error })).toSorted(byKind),
      ).toEqual(
        RECONCILIATION_KINDS.map((kind) => ({ kind, state: 'succeeded', asked_by: null, error: null })).toSorted(
          byKind,
        ),
      )
      expect(await openDifferences()).toEqual([])
    },
    TEST_MS,
  )

  it(
    'finds nothing where there is nothing',
    async () => {
      payments = [
        await move('deposit', 5000),
        await move('deposit', 700),
        await move('withdraw', 300),
        await payByCard(990),
      ]
      await refund(payments[0]?.id ?? '', 50)
      const clean = await run({ kind: 'statement', day })
      expect(clean).toMatchObject({ state: 'succeeded', checked: 5, found: 0, source: 'bank', day, error: null })
      for (const kind of ['cache', 'replicas', 'events', 'offsets'] as const) {
        const inside = await run({ kind, full: true })
        expect(inside).toMatchObject({ kind, state: 'succeeded', found: 0, error: null })
        expect(inside.checked).toBeGreaterThan(0)
        expect(await run({ kind })).toMatchObject({ kind, state: 'succeeded', found: 0 })
      }
    },
    TEST_MS,
  )

  it(
    'finds what was changed, taken out and added in a statement, and tells of each once',
    async () => {
      const [header = '', ...lines] = await statement()
      const [first, second] = [payments[0]?.id ?? '', payments[1]?.id ?? '']
      altered = [
        header,
        ...lines
          .filter((line) => !line.includes(second))
          .map((line) => (line.includes(first) ? line.replace(',5000,', ',5001,') : line)),
        `${EXTRA},,collection,12,USD,,${day}T00:00:00.000Z,12`,
      ]
      const found = await give(altered)
      expect(found).toMatchObject({ state: 'succeeded', source: 'file', checked: 5, found: 3, opened: 3, resolved: 0 })
      const differences = await openDifferences()
      expect(differences.toSorted(byKind)).toMatchObject([
        {
          kind: 'amount_differs',
          severity: 'critical',
          payment_id: first,
          account_id: account(),
          expected: '5000 USD',
          found: expect.stringMatching(/^5001 USD, .* in line \d+$/),
          day,
          version: 1,
          run_id: found.id,
        },
        { kind: 'extra', subject: `bank ${EXTRA}`, payment_id: null, found: expect.stringContaining('12 USD') },
        { kind: 'missing', payment_id: second, expected: expect.stringContaining('deposit of 700 USD') },
      ])
      const told = differences.map(({ id }) => `${id}.1`).sort()
      expect(
        await waitFor('the events', async () => ((await toldIds()).length > 0 ? await toldIds() : undefined)),
      ).toEqual(told)
      const audited = await waitFor('the audit log', async () => {
        const records = await all(ops.audit.list({ type: 'reconciliation.inconsistency' }))
        return records.length === 3 ? records : undefined
      })
      expect(audited.map(({ subject }) => subject).sort()).toEqual(differences.map(({ id }) => id).sort())

      expect(await give(altered)).toMatchObject({ found: 3, opened: 0, resolved: 0 })
      expect((await openDifferences()).map(({ id, first_seen }) => [id, first_seen])).toEqual(
        differences.map(({ id, first_seen }) => [id, first_seen]),
      )
      expect(await toldIds()).toEqual(told)
    },
    TEST_MS,
  )

  it(
    'closes what is no more, and opens it when it comes up again',
    async () => {
      expect(await run({ kind: 'statement', day })).toMatchObject({ found: 0, opened: 0, resolved: 3 })
      expect(await openDifferences()).toEqual([])
      expect(await all(ops.reconciliation.differences({ state: 'resolved', kind: 'missing' }))).toMatchObject([
        { state: 'resolved', resolved_at: expect.any(String), payment_id: payments[1]?.id },
      ])
      expect(await give(altered)).toMatchObject({ found: 3, opened: 3 })
      expect((await openDifferences()).map(({ version }) => version)).toEqual([2, 2, 2])
      expect(await run({ kind: 'statement', day })).toMatchObject({ found: 0, resolved: 3 })
      expect(await toldIds()).toHaveLength(6)
    },
    TEST_MS,
  )

  it(
    'leaves a payment that is under way its time',
    async () => {
      const control = `http://127.0.0.1:${cluster.settings.ports.bankControl}/script`
      const steps = [{ kind: 'pending', settle_after_ms: 3_600_000 }]
      const scripted = await fetch(control, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ for: { reference: 'late' }, steps }),
      })
      expect(scripted.status).toBe(201)
      const asked = { account: account(), amount: 40, currency: 'USD', bank_reference: 'late' }
      const { id } = await shop.payments.deposit(asked)
      await waitFor('the bank to have it', async () => (await shop.payments.get(id)).status === 'processing')
      const lines = await statement()
      const line = (settledAt: string): string => `op_late,${id},collection,40,USD,,${settledAt},40`
      expect(await give([...lines, line(`${day}T23:59:59.999Z`)])).toMatchObject({ found: 0, checked: 6 })
      expect(await give([...lines, line(`${day}T00:00:00.000Z`)])).toMatchObject({ found: 1, opened: 1 })
      expect(await openDifferences()).toMatchObject([{ kind: 'state_differs', payment_id: id, expected: 'processing' }])
      expect(await give(lines)).toMatchObject({ found: 0, resolved: 1 })
    },
    TEST_MS,
  )

  it(
    'takes no statement that it cannot read as a whole, says where, and changes nothing',
    async () => {
      const lines = await statement()
      const [header = '', first = ''] = lines
      const before = await all(ops.reconciliation.differences())
      const bad: [what: Blob, why: RegExp][] = [
        [new Blob(['']), /is empty/],
        [csv(['a,b,c', first]), /line 1: the columns are not/],
        [csv([header, first, 'op_1,pay']), /line 3 does not have the 8 columns/],
        [csv([header, first, first.replace(/,\d+,USD/, ',1.5,USD')]), /line 3: amount/],
        [csv([header, first.replaceAll(day, '2020-01-01')]), /line 2: settled_at is of another day/],
        [new Blob([`${header}\r\n${first}\r\nop_1,`, new Uint8Array([0xc3, 0x28]), '\r\n']), /line 3 is not UTF-8/],
        [new Blob([`${header}\r\n${first}\r\n${first.slice(0, 20)}`]), /line 3 does not end/],
        [new Blob([`${header}\r\n`, ...Array.from({ length: 64 }, () => 'a'.repeat(65_536))]), /line 2 is longer than/],
        [csv([header, `"${first}`]), /a quote is not closed/],
      ]
      for (const [file, why] of bad) {
        const refused = ops.reconciliation.giveStatement(day, file)
        await expect(refused).rejects.toMatchObject({ code: 'statement_invalid', status: 422 })
        await expect(refused).rejects.toThrow(why)
        const [newest] = await all(ops.reconciliation.runs({ kind: 'statement', state: 'failed', limit: 1 }))
        expect(newest?.error).toMatch(why)
        await Promise.resolve()
      }
      expect(await all(ops.reconciliation.differences())).toEqual(before)
      expect(await run({ kind: 'statement', day })).toMatchObject({ state: 'succeeded', found: 0 })
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
      await expect(ops.reconciliation.giveStatement(tomorrow, csv(lines))).rejects.toMatchObject({ status: 422 })
      await expect(ops.reconciliation.giveStatement('nonsense', csv(lines))).rejects.toMatchObject({ status: 404 })
      const api = new ApiClient(cluster.url, cluster.demo.opsKey)
      const asJson = await api.post(`/v1/ops/reconciliation/statements/${day}`, {})
      expect([asJson.status, asJson.body.code]).toEqual([415, 'unsupported_media_type'])
      const elsewhere = await api.send('POST', '/v1/ops/reconciliation/runs', {
        headers: { 'content-type': 'text/csv' },
        body: 'a',
      })
      expect([elsewhere.status, elsewhere.body.code]).toEqual([415, 'unsupported_media_type'])
    },
    TEST_MS,
  )

  it(
    'finds an entry of the cache that is wrong',
    async () => {
      const key = balanceKey(account(3))
      await shop.accounts.balance(account(3))
      await withRedis(async (redis) => {
        const entry = decodeCacheEntry(key, (await redis.get(key)) ?? '')
        if (entry === undefined) throw new Error(`${key} is not cached`)
        const { json } = entry
        const wrong = json.replace(/"posted":(\d+)/, (_, posted: string) => `"posted":${Number(posted) + 1}`)
        expect(wrong).not.toBe(json)
        await redis.set(key, encodeCacheEntry({ ...entry, json: wrong }))
        expect(await run({ kind: 'cache' })).toMatchObject({ found: 1, opened: 1 })
        expect(await openDifferences()).toMatchObject([
          { kind: 'cache_differs', subject: key, account_id: account(3), severity: 'major' },
        ])
        await redis.del(key)
      })
      expect(await run({ kind: 'cache' })).toMatchObject({ found: 0, resolved: 1 })
    },
    TEST_MS,
  )

  it(
    'is one of a kind at a time, and a run whose process is killed has failed, and changed nothing',
    async () => {
      const lines = await statement()
      const before = await all(ops.reconciliation.differences())
      const { hostname, port } = new URL(cluster.url)
      const stalled = request({
        hostname,
        port,
        method: 'POST',
        path: `/v1/ops/reconciliation/statements/${day}`,
        headers: { authorization: `Bearer ${cluster.demo.opsKey}`, 'content-type': 'text/csv' },
      })
      stalled.on('error', () => undefined)
      stalled.write(`${lines.join('\r\n')}\r\n`)
      const running = await waitFor('the run', async () => {
        const [newest] = await all(ops.reconciliation.runs({ kind: 'statement', limit: 1 }))
        return newest?.state === 'running' ? newest : undefined
      })
      const api = new ApiClient(cluster.url, cluster.demo.opsKey)
      const second = await api.post('/v1/ops/reconciliation/runs', { kind: 'statement', day })
      expect([second.status, second.body.code]).toEqual([409, 'reconciliation_running'])
      expect(await run({ kind: 'offsets' })).toMatchObject({ state: 'succeeded' })
      for (const name of ['event-services-1', 'event-services-2']) await cluster.node(name).kill()
      stalled.destroy()
      const dead = await waitFor(
        'the run to be taken for dead',
        async () => {
          const now = await ops.reconciliation.run(running.id).catch(() => undefined)
          return now?.state === 'failed' ? now : undefined
        },
        { timeoutMs: TEST_MS },
      )
      expect(dead.error).toMatch(/has ended/)
      expect(Date.parse(dead.finished_at ?? '')).toBeGreaterThan(Date.parse(dead.created_at) + LEASE_MS / 2)
      expect(await all(ops.reconciliation.differences())).toEqual(before)
      expect(await run({ kind: 'statement', day })).toMatchObject({ state: 'succeeded', found: 0 })
      await waitFor('the lines of runs that failed to be gone', async () => {
        const rows = await asOwner(
          `SELECT FROM bank_statement_lines l JOIN reconciliation_runs r ON r.id = l.run_id WHERE NOT r.is_current`,
        )
        return rows.length === 0
      })
    },
    TEST_MS,
  )

  it(
    'is for operators, on the command line as well',
    async () => {
      expect(await brokenInvariants(cluster)).toEqual([])
      const { api } = await makeClient(cluster, 'nobody')
      const stranger = new ApiClient(cluster.url)
      for (const path of ['', '/runs', '/differences']) {
        expect((await api.get(`/v1/ops/reconciliation${path}`)).status).toBe(403)
        expect((await stranger.get(`/v1/ops/reconciliation${path}`)).status).toBe(401)
      }
      expect((await api.post('/v1/ops/reconciliation/runs', { kind: 'offsets' })).status).toBe(403)
      const given = await api.send('POST', `/v1/ops/reconciliation/statements/${day}`, {
        headers: { 'content-type': 'text/csv' },
        body: altered.join('\n'),
      })
      expect(given.status).toBe(403)

      const clean = await runOps('reconcile', 'run', 'offsets')
      expect(clean).toMatchObject({ code: 0, output: expect.stringContaining('succeeded') })
      const file = fileOf(`${altered.join('\r\n')}\r\n`)
      const found = await runOps('reconcile', 'statement', file)
      expect(found).toMatchObject({ code: 1, output: expect.stringMatching(/statement +\S+ +succeeded/) })
      const listed = await runOps('reconcile', 'differences', '--state', 'open')
      expect(listed).toMatchObject({ code: 0, output: expect.stringContaining(EXTRA) })
      expect(await runOps('reconcile', 'run', 'statement', '--day', day)).toMatchObject({ code: 0 })
      const shown = await runOps('reconcile', 'show')
      expect(shown).toMatchObject({ code: 0, output: expect.stringContaining('open differences: none') })
      expect(await runOps('reconcile', 'runs', '--kind', 'statement')).toMatchObject({ code: 0 })
      expect(await runOps('reconcile', 'statement', fileOf('a,b\n'))).toMatchObject({
        code: 2,
        output: expect.stringContaining('line 1'),
      })
    },
    TEST_MS,
  )

  it(
    'finds offsets that do not fit the log, and what was recorded and not told of',
    async () => {
      const change = (by: number): Promise<unknown> =>
        asOwner('UPDATE ledger_offsets SET next_offset = next_offset + $1 WHERE partition = 0', [by])
      await change(1_000_000)
      expect(await run({ kind: 'offsets' })).toMatchObject({ found: 1, opened: 1 })
      expect(await openDifferences()).toMatchObject([{ kind: 'log_truncated', severity: 'critical' }])
      await change(-1_000_000)
      expect(await run({ kind: 'offsets' })).toMatchObject({ found: 0, resolved: 1 })

      const [row] = await asOwner<{ version: number }>(
        `WITH b AS (
           UPDATE account_balances SET version = version + 1, posted = posted + 1
           WHERE account_id = (SELECT account_id FROM account_balances WHERE client_id <> 0 ORDER BY account_id LIMIT 1)
           RETURNING *
         )
         INSERT INTO entries (account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, created_at)
         SELECT account_id, version, gen_random_uuid(), 'payment', client_id, 1, posted, clock_timestamp() FROM b
         RETURNING seq::int AS version`,
      )
      expect(await run({ kind: 'events' })).toMatchObject({ found: 1, opened: 1 })
      expect(await openDifferences()).toMatchObject([
        { kind: 'event_missing', subject: expect.stringMatching(new RegExp(`^acc_\\w+ ${String(row?.version)}$`)) },
      ])
      expect(await run({ kind: 'replicas' })).toMatchObject({ found: 0 })
    },
    TEST_MS,
  )
})

const byKind = (a: { readonly kind: string }, b: { readonly kind: string }): number => a.kind.localeCompare(b.kind)
