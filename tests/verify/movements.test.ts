/** What holds, captures, refunds and blocks leave in the ledger can be wrong in ways of its own, and each is found. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Pool } from 'pg'
import { checkLedger } from '@paycluster/cluster/verify/check-ledger'
import type { Command } from '@paycluster/contracts'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { endPool } from '@paycluster/testkit/end-pool'
import { query } from '@paycluster/testkit/query'
import { startTestPostgres, type DatabaseUrls, type TestPostgres } from '@paycluster/testkit/test-postgres'
import { BatchPoster } from '../../payment-worker/src/posting/post-batch.ts'
import { createPrimaryPool } from '../../payment-worker/src/posting/primary-pool.ts'
import { ledgerFaults } from './ledger-faults.ts'
import { postInOrder } from './post-in-order.ts'

const CLIENT = 1
const ids = new IdCodec('a secret for tests, of 32 letters or more')
const logger = createLogger('test', 'fatal')
const [system, customer, merchant] = [0, 1, 2].map(() => ids.random('acc', CLIENT))

let server: TestPostgres
let db: DatabaseUrls
/** By what became of them. */
let payments: Record<'paid' | 'held' | 'captured' | 'canceled', string>

beforeAll(async () => {
  server = await startTestPostgres()
}, 60_000)
afterAll(() => server.stop())
beforeEach(async () => {
  db = await server.createDatabase()
  await query(db.ownerUrl, `INSERT INTO clients (id, name) VALUES (1, 'one')`)
  const pool = createPrimaryPool({ url: db.workerUrl, name: 'test', durability: 'local', concurrency: 1, logger })
  try {
    payments = await move(pool)
  } finally {
    await endPool(pool)
  }
})

/** One payment of each kind, with what was asked of it, in two batches. */
async function move(pool: Pool): Promise<typeof payments> {
  const poster = new BatchPoster(pool, ids)
  const made = {
    paid: ids.derive('pay', CLIENT, 'paid'),
    held: ids.derive('pay', CLIENT, 'held'),
    captured: ids.derive('pay', CLIENT, 'captured'),
    canceled: ids.derive('pay', CLIENT, 'canceled'),
  }
  const envelope = { client: CLIENT, fingerprint: '0'.repeat(32), created_at_ms: Date.now() }
  const account = (id: string, kind: 'system' | 'customer'): Command => ({
    type: 'account.create',
    id,
    kind,
    currency: 'USD',
    ...envelope,
  })
  const pay = (id: string, source: string, destination: string, amount: number, hold_seconds?: number): Command => ({
    type: 'payment.create',
    id,
    source,
    destination,
    amount,
    currency: 'USD',
    ...(hold_seconds === undefined ? {} : { hold_seconds }),
    ...envelope,
  })
  const operation = () => ids.derive('opr', CLIENT, randomUUID())
  const refund = (payment: string, amount: number): Command => ({
    type: 'refund.create',
    id: ids.derive('ref', CLIENT, randomUUID()),
    payment,
    amount,
    ...envelope,
  })
  const batches: readonly (readonly Command[])[] = [
    [
      account(system ?? '', 'system'),
      account(customer ?? '', 'customer'),
      account(merchant ?? '', 'customer'),
      pay(ids.derive('pay', CLIENT, 'funds'), system ?? '', customer ?? '', 10_000),
      pay(made.paid, customer ?? '', merchant ?? '', 500),
      pay(made.held, customer ?? '', merchant ?? '', 300, 3600),
      pay(made.captured, customer ?? '', merchant ?? '', 200, 3600),
      pay(made.canceled, customer ?? '', merchant ?? '', 100, 3600),
    ],
    [
      { type: 'payment.capture', id: operation(), payment: made.captured, amount: 150, ...envelope },
      { type: 'payment.cancel', id: operation(), payment: made.canceled, ...envelope },
      { type: 'payment.cancel', id: operation(), payment: made.canceled, ...envelope },
      refund(made.paid, 100),
      refund(made.captured, 50),
      refund(made.paid, 401),
    ],
  ]
  await postInOrder(poster, batches)
  return made
}

/** As a fault below all constraints would. */
const corrupt = (sql: string): Promise<unknown> =>
  query(
    db.superuserUrl,
    `ALTER TABLE payments DROP CONSTRAINT captured_within_amount, DROP CONSTRAINT refunded_within_captured,
       DROP CONSTRAINT completed_holds, DROP CONSTRAINT captured_holds;
     ALTER TABLE entries DROP CONSTRAINT entries_change_something;
     ${sql}`,
  )
const uuid = (name: keyof typeof payments): string => `'${idToUuid(payments[name])}'::uuid`

const faults = (): Promise<string[]> => ledgerFaults(db.monitorUrl)

describe('a true ledger', () => {
  it('passes, and what was held or refunded is counted', async () => {
    expect(await faults()).toEqual([])
    const results = await checkLedger(db.monitorUrl)
    expect(results.find(({ id }) => id === 'I5')).toMatchObject({ state: 'ok', checked: 4 })
  })
})

describe('a ledger is found out', () => {
  it.each<[what: string, sql: () => string, problem: string]>([
    [
      'that holds what no entry holds',
      () => `UPDATE account_balances SET held = held + 5 WHERE account_id = '${idToUuid(customer ?? '')}'`,
      'I2 what is held is not the sum of its entries',
    ],
    [
      'whose held_after does not follow',
      () => `UPDATE entries SET held_after = held_after + 1 WHERE payment_id = ${uuid('held')}`,
      'I2 held_after is not the running sum',
    ],
    [
      'whose capture moved another amount',
      () =>
        `UPDATE entries SET amount = amount - 1 WHERE payment_id = ${uuid('captured')} AND kind = 'capture' AND amount < 0`,
      'I3 the entry has another amount: -151 instead of -150',
    ],
    [
      'whose hold kept another amount',
      () => `UPDATE entries SET held = 299 WHERE payment_id = ${uuid('held')}`,
      'I3 the entry holds another amount: 299 instead of 300',
    ],
    [
      'whose release is of another kind',
      () => `UPDATE entries SET kind = 'capture' WHERE payment_id = ${uuid('canceled')} AND kind = 'release'`,
      'I3 the entry is of another kind: capture instead of release',
    ],
    [
      'with a refund that no operation names',
      () => `DELETE FROM payment_operations WHERE payment_id = ${uuid('paid')} AND kind = 'refund' AND failure IS NULL`,
      'I3 the payment does not name this entry',
    ],
    [
      'with a version that nothing led to',
      () => `UPDATE payments SET version = 7 WHERE id = ${uuid('held')}`,
      'I3 the version is not one more than what was done to the payment',
    ],
    [
      'with a status that nothing led to',
      () => `UPDATE payments SET status = 'expired' WHERE id = ${uuid('canceled')}`,
      'I3 the status is not what was done to the payment: expired',
    ],
    [
      'that asked something of no payment',
      () =>
        `UPDATE payment_operations SET payment_id = gen_random_uuid() WHERE failure IS NOT NULL AND kind = 'cancel'`,
      'I3 the payment that something was asked of is missing',
    ],
    [
      'that captured more than was authorised',
      () => `UPDATE payment_operations SET amount = 201 WHERE payment_id = ${uuid('captured')} AND kind = 'capture'`,
      'I5 captured more than was authorised',
    ],
    [
      'that captured twice',
      () => `INSERT INTO payment_operations (id, payment_id, client_id, kind, amount, fingerprint, payment_version, created_at, posted_at)
        SELECT gen_random_uuid(), payment_id, client_id, kind, 1, fingerprint, 9, created_at, posted_at
        FROM payment_operations WHERE kind = 'capture'`,
      'I5 captured more than once',
    ],
    [
      'that refunded more than was captured',
      () => `UPDATE payment_operations SET amount = 151 WHERE payment_id = ${uuid('captured')} AND kind = 'refund'`,
      'I5 refunded more than was captured',
    ],
    [
      'that says another amount captured',
      () => `UPDATE payments SET captured = 149 WHERE id = ${uuid('captured')}`,
      'I5 says another amount captured: 149',
    ],
    [
      'that says another amount refunded',
      () => `UPDATE payments SET refunded = NULL WHERE id = ${uuid('paid')}`,
      'I5 says another amount refunded: none',
    ],
  ])('%s', async (_, sql, problem) => {
    await corrupt(sql())
    expect(await faults()).toContain(problem)
  })
})
