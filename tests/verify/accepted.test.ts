/** I6 can fail: an accepted id that the ledger lacks, or has otherwise, is found. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { newestRecord } from '@paycluster/cluster/verify/accepted-records'
import { checkAccepted, type AcceptedFindings } from '@paycluster/cluster/verify/check-accepted'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { query } from '@paycluster/testkit/query'
import { seedLedger, type SeededLedger } from '@paycluster/testkit/seed-ledger'
import { startTestPostgres, type DatabaseUrls, type TestPostgres } from '@paycluster/testkit/test-postgres'

const codec = new IdCodec('a secret for tests, of 32 letters or more')
let folder: string
let server: TestPostgres
let db: DatabaseUrls
let ledger: SeededLedger
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-accepted-'))
  server = await startTestPostgres()
  db = await server.createDatabase()
  ledger = await seedLedger(db.ownerUrl, codec, { payments: 6_000 })
}, 60_000)
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await server.stop()
})

function check(lines: readonly (string | object)[]): Promise<AcceptedFindings> {
  const file = join(folder, 'accepted.jsonl')
  writeFileSync(file, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''))
  return checkAccepted(db.monitorUrl, codec, file)
}

const records = () =>
  ledger.payments.map(({ id, source, destination, amount }) => ({ id, source, destination, amount, accepted_at_ms: 1 }))

describe('I6', () => {
  it('passes when the ledger has what was accepted, over several parts', async () => {
    const { accepted, remarks } = await check([...records(), ...ledger.customers])
    expect(accepted).toMatchObject({ checked: 6_015 + 10, violations: 0 })
    expect(remarks).toEqual([])
  })

  it('takes bare ids, and the same id twice', async () => {
    const ids = ledger.payments.slice(0, 5).map(({ id }) => id)
    expect((await check([...ids, '', ...ids])).accepted).toMatchObject({ checked: 10, violations: 0 })
  })

  it('finds a lost id, and says where it was accepted', async () => {
    const lost = codec.derive('pay', ledger.demo, 'lost')
    const { accepted } = await check([...records().slice(0, 3), lost])
    expect(accepted).toMatchObject({
      violations: 1,
      rows: [{ line: 4, problem: 'lost: accepted, and not in the ledger' }],
    })
  })

  it.each([
    ['amount', { amount: 999_999 }],
    ['destination', () => ({ destination: ledger.fundingAccount })],
    ['source', () => ({ source: ledger.customers[9] })],
    ['currency', { currency: 'EUR' }],
    ['reference', { reference: 'order-1' }],
    ['status', { status: 'failed' }],
  ])('finds another %s than was accepted', async (field, change) => {
    const [record] = records()
    const { accepted } = await check([{ ...record, ...(typeof change === 'function' ? change() : change) }])
    expect(accepted).toMatchObject({ violations: 1, rows: [{ line: 1, problem: `${field} differs` }] })
  })

  it('finds an account that was created and is not there, or is another', async () => {
    const lost = codec.derive('acc', ledger.demo, 'lost')
    const { accepted } = await check([lost, { id: ledger.customers[0], kind: 'merchant', currency: 'USD' }])
    expect(accepted.rows.map((row) => row.problem).sort()).toEqual([
      'kind differs',
      'lost: accepted, and not in the ledger',
    ])
  })

  it('finds an id that this cluster never issued', async () => {
    const foreign = new IdCodec('another secret for tests, of 32 letters').derive('pay', ledger.demo, 'x')
    const { accepted } = await check([foreign])
    expect(accepted.rows.map((row) => row.problem)).toContain('this cluster never issued the id')
  })

  it('counts a line that cannot be read as a violation: it may have been an accepted payment', async () => {
    expect((await check(['{"id": "pay_'])).accepted).toMatchObject({
      violations: 1,
      rows: [{ line: 1, problem: 'unreadable' }],
    })
  })

  it('finds what the ledger lost later', async () => {
    const other = await server.createDatabase()
    const { payments } = await seedLedger(other.ownerUrl, codec)
    await query(other.superuserUrl, 'DELETE FROM payments WHERE id = $1', [idToUuid(payments[50]?.id ?? '')])
    const file = join(folder, 'later.jsonl')
    writeFileSync(file, payments.map(({ id }) => `${id}\n`).join(''))
    const { accepted } = await checkAccepted(other.monitorUrl, codec, file)
    expect(accepted).toMatchObject({ checked: 115, violations: 1, rows: [{ line: 51 }] })
  })
})

describe('I7', () => {
  it('passes on what clients remarked of reads that went backwards', async () => {
    const backwards = { remark: 'backwards', account: ledger.customers[0], operation: 'balance', expected: 7, got: 6 }
    const { accepted, remarks } = await check([{ remark: 'started', at_ms: 1 }, backwards, ...records().slice(0, 2)])
    expect(remarks).toEqual([backwards])
    expect(accepted).toMatchObject({ checked: 2, violations: 0 })
  })
})

describe('the default record', () => {
  it('is the newest one below the folder', () => {
    expect(newestRecord(join(folder, 'none'))).toBeUndefined()
    for (const [run, at] of [
      ['a', 3],
      ['b', 9],
      ['c', 5],
    ] as const) {
      mkdirSync(join(folder, 'load', run), { recursive: true })
      const path = join(folder, 'load', run, 'accepted.jsonl')
      writeFileSync(path, '')
      utimesSync(path, at, at)
    }
    writeFileSync(join(folder, 'load', 'summary.json'), '{}')
    const newest = join(folder, 'load', 'b', 'accepted.jsonl')
    expect(newestRecord(join(folder, 'load'))).toBe(newest)
    const writtenAtMs = statSync(newest).mtimeMs
    expect(newestRecord(join(folder, 'load'), writtenAtMs)).toBe(newest)
    expect(newestRecord(join(folder, 'load'), writtenAtMs + 1)).toBeUndefined()
  })
})
