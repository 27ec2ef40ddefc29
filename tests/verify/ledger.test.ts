/** I1 to I4 can fail on a ledger of plain payments (movements.test.ts has the rest): each way to corrupt a ledger is found, by the invariant that it breaks. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { checkLedger } from '@paycluster/cluster/verify/check-ledger'
import type { InvariantResult } from '@paycluster/cluster/verify/invariant'
import { ISO_4217_CODES } from '@paycluster/contracts'
import { HOUSE_ROLES } from '@paycluster/platform/ids/house-accounts'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { query } from '@paycluster/testkit/query'
import { seedLedger, type SeededLedger } from '@paycluster/testkit/seed-ledger'
import { startTestPostgres, type DatabaseUrls, type TestPostgres } from '@paycluster/testkit/test-postgres'

const codec = new IdCodec('a secret for tests, of 32 letters or more')
/** The cluster's own, in every ledger. */
const HOUSE_ACCOUNTS = ISO_4217_CODES.length * HOUSE_ROLES.length
let server: TestPostgres
let db: DatabaseUrls
let ledger: SeededLedger
beforeAll(async () => {
  server = await startTestPostgres()
}, 60_000)
afterAll(() => server.stop())
beforeEach(async () => {
  db = await server.createDatabase()
  ledger = await seedLedger(db.ownerUrl, codec)
})

const byId = async (): Promise<Record<string, InvariantResult>> =>
  Object.fromEntries((await checkLedger(db.monitorUrl)).map((result) => [result.id, result]))
const violated = async (): Promise<string[]> =>
  (await checkLedger(db.monitorUrl)).filter(({ state }) => state === 'violated').map(({ id }) => id)
/** As a fault below all constraints would: a bug in the server, a hand on the disk. */
const corrupt = (sql: string): Promise<unknown> =>
  query(
    db.superuserUrl,
    `ALTER TABLE account_balances DROP CONSTRAINT available_funds, DROP CONSTRAINT account_balances_held_check;
     ALTER TABLE payments DROP CONSTRAINT entries_of_what_did_not_fail,
       DROP CONSTRAINT credit_of_what_was_not_held, DROP CONSTRAINT failure_of_the_failed;
     ${sql}`,
  )
const account = (n: number): string => `'${idToUuid(ledger.customers[n] ?? '')}'::uuid`
const payment = (n: number): string => `'${idToUuid(ledger.payments[n]?.id ?? '')}'::uuid`

describe('a true ledger', () => {
  it('passes, and says how much was checked', async () => {
    const results = await byId()
    expect(await violated()).toEqual([])
    expect(results.I1).toMatchObject({ state: 'ok', checked: ISO_4217_CODES.length })
    expect(results.I2).toMatchObject({ state: 'ok', checked: 220 + 11 + HOUSE_ACCOUNTS })
    expect(results.I3).toMatchObject({ state: 'ok', checked: 115 + 220 })
    expect(results.I4).toMatchObject({ state: 'ok', checked: 11 + HOUSE_ACCOUNTS })
  })

  it('has no hold and no refund to check', async () => {
    expect((await byId()).I5).toMatchObject({ state: 'ok', checked: 0 })
  })
})

describe('I1 and I2', () => {
  it('find one wrong balance', async () => {
    await corrupt(`UPDATE account_balances SET posted = posted + 1 WHERE account_id = ${account(3)}`)
    const { I1, I2 } = await byId()
    expect(I1).toMatchObject({ violations: 1, rows: [{ currency: 'USD', sum_minor: '1' }] })
    expect(I2).toMatchObject({ violations: 1, rows: [{ problem: 'balance is not the sum of its entries' }] })
  })

  it('find money that was moved between balances alone', async () => {
    await corrupt(`UPDATE account_balances SET posted = posted + CASE account_id WHEN ${account(1)} THEN 5 ELSE -5 END
      WHERE account_id IN (${account(1)}, ${account(2)})`)
    expect(await violated()).toEqual(['I2'])
  })
})

describe('I2', () => {
  it.each([
    [
      'a gap',
      (a: string) =>
        `UPDATE entries SET seq = seq + 1 WHERE account_id = ${a} AND seq = (SELECT max(seq) FROM entries WHERE account_id = ${a})`,
      'sequence has a gap',
    ],
    [
      'a missing first entry',
      (a: string) => `DELETE FROM entries WHERE account_id = ${a} AND seq = 1`,
      'sequence has a gap',
    ],
    [
      'a balance_after that does not follow',
      (a: string) => `UPDATE entries SET balance_after = balance_after + 7 WHERE account_id = ${a} AND seq = 4`,
      'balance_after is not the running sum',
    ],
    [
      'time that goes back',
      (a: string) => `UPDATE entries SET created_at = '2020-01-01' WHERE account_id = ${a} AND seq = 4`,
      'time goes back',
    ],
    [
      'a wrong version',
      (a: string) => `UPDATE account_balances SET version = version - 1 WHERE account_id = ${a}`,
      'version is not the number of entries',
    ],
    [
      'entries of nobody',
      (a: string) => `UPDATE entries SET account_id = gen_random_uuid() WHERE account_id = ${a} AND seq = 1`,
      'entries of an account without a balance',
    ],
    [
      'an account without a balance',
      (a: string) =>
        `DELETE FROM entries WHERE account_id = ${a}; DELETE FROM account_balances WHERE account_id = ${a}`,
      'account without a balance',
    ],
    [
      'a balance in another currency than its account',
      (a: string) => `UPDATE accounts SET currency = 'EUR' WHERE id = ${a}`,
      "client or currency differ from the account's",
    ],
  ])('finds %s', async (_, statement, problem) => {
    await corrupt(statement(account(2)))
    const { I2 } = await byId()
    expect(I2?.state).toBe('violated')
    expect(I2?.rows.map((row) => row.problem)).toContain(problem)
  })

  it('prints no more than 20 rows and counts all of them', async () => {
    await corrupt('UPDATE entries SET balance_after = balance_after + seq')
    const { I2 } = await byId()
    expect(I2?.rows).toHaveLength(20)
    expect(I2?.violations).toBe(220)
  })
})

describe('I3', () => {
  it.each([
    [
      'a payment that was posted twice',
      (
        p: string,
      ) => `INSERT INTO entries SELECT e.account_id, b.version + 1, payment_id, kind, payment_client_id, amount, b.posted + amount, created_at
        FROM entries e JOIN account_balances b USING (account_id) WHERE payment_id = ${p};
        UPDATE account_balances b SET posted = balance_after, version = seq
        FROM entries e WHERE e.account_id = b.account_id AND e.seq = b.version + 1`,
      'the payment does not name this entry',
    ],
    [
      'a lost entry',
      (p: string) => `DELETE FROM entries WHERE payment_id = ${p} AND amount > 0`,
      'the entry that the payment names is missing',
    ],
    ['a lost payment', (p: string) => `DELETE FROM payments WHERE id = ${p}`, "the entry's payment is missing"],
    [
      'another amount',
      (p: string) => `UPDATE payments SET amount = amount + 1 WHERE id = ${p}`,
      /^the entry has another amount/,
    ],
    [
      'entries of a payment that failed',
      (p: string) => `UPDATE payments SET status = 'failed', failure = 'account_blocked' WHERE id = ${p}`,
      'a payment that failed has an entry',
    ],
    [
      'a payment that succeeded without entries',
      (p: string) => `DELETE FROM entries WHERE payment_id = ${p}`,
      'the entry that the payment names is missing',
    ],
    [
      'another owner',
      (p: string) => `UPDATE payments SET client_id = 99 WHERE id = ${p}`,
      'the account belongs to another client',
    ],
    [
      'another currency',
      (p: string) => `UPDATE payments SET currency = 'EUR' WHERE id = ${p}`,
      'the account has another currency',
    ],
  ])('finds %s', async (_, statement, problem) => {
    await corrupt(statement(payment(20)))
    const { I3 } = await byId()
    expect(I3?.state).toBe('violated')
    const problems = I3?.rows.map((row) => String(row.problem)) ?? []
    expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(problem)]))
  })
})

describe('I4', () => {
  it('finds an account that has less than its limit', async () => {
    await corrupt(`UPDATE account_balances SET held = posted + 1 WHERE account_id = ${account(0)}`)
    expect((await byId()).I4).toMatchObject({ violations: 1, rows: [{ available: -1 }] })
  })

  it('finds a negative hold', async () => {
    await corrupt(`UPDATE account_balances SET held = -1 WHERE account_id = ${account(0)}`)
    expect(await violated()).toEqual(['I2', 'I4'])
  })
})

describe('a check that cannot run', () => {
  it('is no pass', async () => {
    const results = await checkLedger('postgres://nobody:nothing@127.0.0.1:1/none')
    // I5 has nothing to check yet, whatever the primary says.
    expect(results.map(({ state }) => state)).toEqual(Array<string>(5).fill('unchecked'))
  })
})
