/** Statements of account from a whole cluster: what the API's entries say, of one state, as files. */
import { setTimeout as delay } from 'node:timers/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import type { Entry, StatementFormat } from '@paycluster/contracts'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import { makeClient } from '@paycluster/testkit/make-client'
import { query } from '@paycluster/testkit/query'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { parse } from 'csv-parse/sync'
import { extractText, getDocumentProxy } from 'unpdf'

const currency = 'USD'
const MANY = 100_000
/** What is left over of requests before is collected within it. All entries at once would be some 60 MB of objects. */
const MAX_HEAP_GROWTH_BYTES = 40e6
const LOOK_EVERY_MS = 50
const LONG_MS = 180_000

let cluster: TestCluster
let shop: PaymentClient
let account: string
let busy: string

beforeAll(async () => {
  cluster = await startTestCluster({ counts: { replicas: 2, inquiryService: 1, bankSimulator: 1 } })
  shop = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.apiKey })
  const [one = '', two = ''] = cluster.demo.customers
  ;[account, busy] = [one, two]
}, CLUSTER_START_MS)
afterAll(() => cluster.stop(), CLUSTER_START_MS)

const merchant = (n = 0): string => cluster.demo.merchants[n] ?? ''
const pay = (amount: number, more: object = {}) =>
  shop.payments.create({ source: account, destination: merchant(), amount, currency, ...more }, { waitS: 10 })

async function entriesOf(id: string, period: { from?: string; to?: string } = {}): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of shop.accounts.entries(id, { ...period, limit: 100 })) entries.push(entry)
  return entries.toReversed()
}

type Row = Record<string, string>

const csvOf = async (id: string, period: { from?: string; to?: string } = {}): Promise<Row[]> =>
  parse<Row>(await (await shop.accounts.statement(id, { format: 'csv', ...period })).text(), { columns: true })

const pdfOf = async (id: string, period: { from?: string; to?: string } = {}): Promise<string> => {
  const file = await shop.accounts.statement(id, { format: 'pdf', ...period })
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await file.arrayBuffer())), {
    mergePages: true,
  })
  return text
}

const toEntries = (rows: readonly Row[]): object[] =>
  rows
    .filter(({ line }) => line === 'entry')
    .map(({ seq, payment_id, kind, amount_minor, balance_minor, pending_amount_minor, pending_minor, time }) => ({
      seq: Number(seq),
      payment_id,
      kind,
      amount: Number(amount_minor),
      balance_after: Number(balance_minor),
      pending_amount: Number(pending_amount_minor) || undefined,
      pending_after: Number(pending_minor) || undefined,
      created_at: time,
    }))

const line = (rows: readonly Row[], name: string): Row | undefined => rows.find(({ line: found }) => found === name)

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(cluster.url + path, { method, headers: { authorization: `Bearer ${cluster.demo.apiKey}`, ...headers } })

describe('a statement', () => {
  it('has the entries of the API, and balances that follow from each other', async () => {
    await pay(1250, { reference: 'order-1' })
    await pay(99, { reference: '=HYPERLINK("http://evil.example")' })
    await pay(1, { reference: 'Заказ «7», "да"' })
    const held = await pay(700, { capture: 'manual' })
    await shop.payments.capture(held.id, { amount: 300 }, { waitS: 10 })
    const paid = await pay(500)
    await shop.payments.refund(paid.id, { amount: 200 }, { waitS: 10 })
    const deposit = await shop.payments.deposit({ account, amount: 1000, currency }, { waitS: 10 })
    await shop.payments.waitForFinal(deposit.id)

    const [entries, rows] = [await entriesOf(account), await csvOf(account)]
    expect(entries.length).toBeGreaterThan(8)
    expect(toEntries(rows)).toEqual(entries.map((entry) => ({ ...blank, ...entry })))
    const balance = await shop.accounts.balance(account)
    expect(line(rows, 'opening')).toMatchObject({ balance_minor: '0', balance: '0.00', time: '' })
    expect(line(rows, 'closing')).toMatchObject({ balance_minor: String(balance.posted) })
    const sum = (sign: number): number =>
      entries.reduce((all, { amount }) => (Math.sign(amount) === sign ? all + amount : all), 0)
    expect(line(rows, 'total_in')?.amount_minor).toBe(String(sum(1)))
    expect(line(rows, 'total_out')?.amount_minor).toBe(String(sum(-1)))
    expect(rows.map(({ reference }) => reference)).toEqual(
      expect.arrayContaining(['order-1', `'=HYPERLINK("http://evil.example")`, 'Заказ «7», "да"']),
    )
    expect(rows.find(({ reference }) => reference === 'order-1')?.amount).toBe('-12.50')
  }, 60_000)

  it('of a period opens and closes with what the account held then', async () => {
    const entries = await entriesOf(account)
    const from = entries[2]?.created_at ?? ''
    const to = entries.at(-2)?.created_at ?? ''
    const before = new Date(Date.parse(from) - 1).toISOString()
    const after = new Date(Date.parse(to) - 1).toISOString()
    const rows = await csvOf(account, { from, to })
    const [opened, closed] = [
      await shop.accounts.balanceAt(account, before),
      await shop.accounts.balanceAt(account, after),
    ]
    expect(line(rows, 'opening')).toMatchObject({ balance_minor: String(opened.posted), time: from })
    expect(line(rows, 'closing')).toMatchObject({ balance_minor: String(closed.posted), time: to })
    expect(line(rows, 'closing')).toMatchObject({ pending_minor: String(closed.pending_out) })
    expect(toEntries(rows)).toEqual((await entriesOf(account, { from, to })).map((entry) => ({ ...blank, ...entry })))
    const nothing = await csvOf(account, { from: '2020-01-01T00:00:00Z', to: '2020-01-02T01:00:00+01:00' })
    expect(nothing.map(({ line, balance_minor, time }) => [line, balance_minor, time])).toEqual([
      ['opening', '0', '2020-01-01T00:00:00.000Z'],
      ['total_in', '', ''],
      ['total_out', '', ''],
      ['closing', '0', '2020-01-02T00:00:00.000Z'],
    ])
  })

  it('has the same lines as PDF', async () => {
    const [rows, text] = [await csvOf(account), await pdfOf(account)]
    for (const { line, time = '', payment_id = '', reference = '', amount = '', balance = '' } of rows) {
      if (line !== 'entry') continue
      const shown = text.slice(text.indexOf(time))
      for (const part of [time, payment_id, amount, balance]) expect(shown).toContain(part)
      if (!reference.startsWith("'")) expect(text).toContain(reference)
    }
    expect(text).toContain('=HYPERLINK("http://evil.example")')
    const closing = line(rows, 'closing')?.balance ?? ''
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`Closing balance ${closing}`)
    expect(text).toContain(`${rows.length - 4} entries`)
  })

  it('of a time that has passed is the same bytes and the same ETag, whatever comes later', async () => {
    const to = new Date().toISOString()
    await pay(1)
    for (const format of ['csv', 'pdf'] as const) {
      const path = `/v1/accounts/${account}/statement?to=${to}&format=${format}`
      const one = await ask(path)
      await pay(2)
      const other = await ask(path)
      expect(other.headers.get('etag')).toBe(one.headers.get('etag'))
      expect(Buffer.from(await other.arrayBuffer()).equals(Buffer.from(await one.arrayBuffer()))).toBe(true)
      const unchanged = await ask(path, { 'if-none-match': one.headers.get('etag') ?? '' })
      expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
    }
    const open = `/v1/accounts/${account}/statement`
    const etag = (await ask(open)).headers.get('etag')
    await pay(3)
    expect((await ask(open)).headers.get('etag')).not.toBe(etag)
  }, 60_000)

  it('says what it is and where it comes from, to HEAD as well', async () => {
    const path = `/v1/accounts/${account}/statement?to=${new Date().toISOString()}`
    const [got, head] = [await ask(path), await ask(path, {}, 'HEAD')]
    expect((await got.text()).startsWith('line,seq,time,')).toBe(true)
    expect([head.status, await head.text()]).toEqual([200, ''])
    for (const name of ['etag', 'content-type', 'content-disposition', 'cache-control', 'vary'])
      expect([name, head.headers.get(name)]).toEqual([name, got.headers.get(name)])
    expect(got.headers.get('content-type')).toMatch(/^text\/csv/)
    expect(got.headers.get('content-disposition')).toBe(`attachment; filename="statement-${account}.csv"`)
    expect(got.headers.get('x-data-source')).toMatch(/^(replica:|primary)/)
    expect(Date.parse(got.headers.get('x-as-of') ?? '')).toBeLessThanOrEqual(Date.now())
    expect(got.headers.get('consistency-token')).not.toBeNull()
  })

  it.each([
    [undefined, 'text/csv'],
    ['application/pdf', 'application/pdf'],
    ['application/pdf;q=0.5, text/csv', 'text/csv'],
    ['application/*', 'application/pdf'],
    ['text/html', 'text/csv'],
  ])('comes to who accepts %s as %s', async (accept, type) => {
    const answer = await ask(`/v1/accounts/${account}/statement`, accept === undefined ? {} : { accept })
    expect(answer.headers.get('content-type')?.split(';')[0]).toBe(type)
    await answer.arrayBuffer()
  })

  it('has what its reader has seen, whichever replica it comes from', async () => {
    for (let n = 0; n < 10; n++) {
      const paid = await pay(n + 1)
      const rows = await csvOf(account)
      expect(rows.at(-4)?.payment_id).toBe(paid.id)
    }
  }, 60_000)

  it.each([
    ['from=2026-11-28T00:00:00Z&to=2026-11-27T00:00:00Z', 'invalid_parameter'],
    ['from=2026-11-27T00:00:00Z&to=2026-11-27T00:00:00Z', 'invalid_parameter'],
    ['from=yesterday', 'invalid_parameter'],
    ['format=xlsx', 'invalid_parameter'],
    ['limit=10', 'unknown_parameter'],
  ])('is refused for %s', async (asked, code) => {
    const answer = await ask(`/v1/accounts/${account}/statement?${asked}`)
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code })])
  })

  it('is its owner’s alone', async () => {
    const { apiKey } = await makeClient(cluster, 'stranger')
    for (const format of ['csv', 'pdf'] satisfies StatementFormat[]) {
      const stranger = new PaymentClient({ url: cluster.url, apiKey })
      await expect(stranger.accounts.statement(account, { format })).rejects.toMatchObject({ status: 404 })
      await expect(stranger.accounts.statement('acc_1', { format })).rejects.toMatchObject({ status: 404 })
    }
    const { apiKey: writer } = await makeClient(cluster, 'writer', ['payments:write'])
    const forbidden = await ask(`/v1/accounts/${account}/statement`, { authorization: `Bearer ${writer}` })
    expect(forbidden.status).toBe(403)
    expect((await ask(`/v1/accounts/${account}/statement`, { authorization: '' })).status).toBe(401)
  })
})

it('leaves every invariant true', async () => {
  expect(await brokenInvariants(cluster)).toEqual([])
}, 60_000)

// After it: what stands on its other side is made up.
describe('an account with a long history', () => {
  beforeAll(async () => {
    await query(databaseUrl(cluster.secrets, 'owner', cluster.settings.ports.primary), LONG_HISTORY, [
      idToUuid(busy),
      idToUuid(merchant(1)),
      MANY,
    ])
    // Through the worker: by it every replica is known to have them.
    await payFromBusy()
  }, LONG_MS)

  const payFromBusy = () =>
    shop.payments.create({ source: busy, destination: merchant(1), amount: 7, currency }, { waitS: 10 })

  it(
    'is read in little memory, while it is paid from, and of one state',
    async () => {
      const before = await heapBytes()
      const path = `/v1/accounts/${busy}/statement?format=csv`
      let [most, isDone] = [0, false]
      const watching = (async () => {
        while (!isDone) {
          most = Math.max(most, await heapBytes())
          await delay(LOOK_EVERY_MS)
        }
      })()
      const paying = (async () => {
        while (!isDone)
          await shop.payments.create({ source: busy, destination: merchant(1), amount: 7, currency }, { waitS: 10 })
      })()
      const counts = []
      for (let round = 0; round < 2; round++) counts.push(await checkedCount(await ask(path)))
      isDone = true
      await Promise.all([watching, paying])
      for (const count of counts) expect(count).toBeGreaterThan(MANY)
      expect(most - before).toBeLessThan(MAX_HEAP_GROWTH_BYTES)
      process.stderr.write(`${counts.join(', ')} entries; heap from ${before} to ${most} bytes\n`)
    },
    LONG_MS,
  )

  it('is too long for a PDF, which says what to do instead', async () => {
    const answer = await ask(`/v1/accounts/${busy}/statement?format=pdf`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      code: 'invalid_parameter',
      detail: expect.stringMatching(/has 1\d{5} entries, of 5000 at most: ask for CSV, or for a shorter period/),
      errors: [{ pointer: 'from', code: 'too_many_entries' }],
    })
  })

  it('costs nothing to who goes away in the middle of it', async () => {
    for (let n = 0; n < 6; n++) {
      const answer = await ask(`/v1/accounts/${busy}/statement?format=csv`)
      const reader = answer.body?.getReader()
      await reader?.read()
      await reader?.cancel()
    }
    expect(await checkedCount(await ask(`/v1/accounts/${busy}/statement?format=csv`))).toBeGreaterThan(MANY)
  }, 60_000)
})

/** So many payments of one minor unit, and their entries on the payer's account: what the worker takes minutes for. */
const LONG_HISTORY = `
  WITH before AS (SELECT version, posted, client_id, currency FROM account_balances WHERE account_id = $1),
  made AS (
    INSERT INTO payments (id, client_id, counterparty_client_id, status, source_id, destination_id, source_seq,
      destination_seq, amount, currency, reference, fingerprint, created_at, posted_at)
    SELECT gen_random_uuid(), b.client_id, b.client_id, 'succeeded', $1, $2, b.version + n, n, 1, b.currency,
      'order ' || n, '', now(), now()
    FROM before b, generate_series(1, $3::int) AS n
    RETURNING id, client_id, source_seq
  ), laid AS (
    INSERT INTO entries (account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, created_at)
    SELECT $1, m.source_seq, m.id, 'payment', m.client_id, -1, b.posted - (m.source_seq - b.version), now()
    FROM made m, before b
  )
  UPDATE account_balances SET version = version + $3, posted = posted - $3 WHERE account_id = $1`

const blank = { pending_amount: undefined, pending_after: undefined }

/** Reads a statement to its end: every entry follows from the one before. No field of it is quoted. */
async function checkedCount(answer: Response): Promise<number> {
  if (answer.body === null) throw new Error(`no body: ${answer.status}`)
  let [count, balance, closing] = [0, 0, NaN]
  const lines = createInterface(Readable.fromWeb(answer.body))
  for await (const record of lines) {
    const fields = record.split(',')
    const [name, seq, amountMinor, balanceMinor] = [0, 1, 7, 9].map((at) => fields[at])
    if (name === 'closing') closing = Number(balanceMinor)
    if (name !== 'entry') continue
    count += 1
    balance += Number(amountMinor)
    if (Number(seq) !== count || Number(balanceMinor) !== balance) throw new Error(record)
  }
  expect(closing).toBe(balance)
  return count
}

async function heapBytes(): Promise<number> {
  const metrics = await (
    await fetch(`http://127.0.0.1:${cluster.settings.ports.inquiryServiceAdmin}/metrics.json`)
  ).json()
  const heap = (metrics as { name: string; values: { value: number }[] }[]).find(
    ({ name }) => name === 'nodejs_heap_size_used_bytes',
  )
  return heap?.values[0]?.value ?? NaN
}
