/** What deposits and withdrawals leave in the ledger can be wrong in ways of its own, and each is found. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Pool } from 'pg'
import { ISO_4217_CODES, type BankRail, type Command } from '@paycluster/contracts'
import { HOUSE_CLIENT, HOUSE_ROLES, houseAccount } from '@paycluster/platform/ids/house-accounts'
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
const COMMISSIONS = { deposit: 200, withdrawal: 100, card: 300 }
const ids = new IdCodec('a secret for tests, of 32 letters or more')
const logger = createLogger('test', 'fatal')
const account = ids.random('acc', CLIENT)

const NAMES = ['deposit', 'withdrawal', 'declined', 'waiting', 'refused', 'refunded'] as const
type Name = (typeof NAMES)[number]
const payments = Object.fromEntries(NAMES.map((name) => [name, ids.derive('pay', CLIENT, name)])) as Record<
  Name,
  string
>
const uuid = (name: Name): string => `'${idToUuid(payments[name])}'::uuid`

const REFUNDS = ['paid', 'kept', 'open'] as const
type RefundName = (typeof REFUNDS)[number]
const refunds = Object.fromEntries(REFUNDS.map((name) => [name, ids.derive('ref', CLIENT, name)])) as Record<
  RefundName,
  string
>
const refundUuid = (name: RefundName): string => `'${idToUuid(refunds[name])}'::uuid`

let server: TestPostgres
let db: DatabaseUrls

beforeAll(async () => {
  server = await startTestPostgres()
}, 60_000)
afterAll(() => server.stop())
beforeEach(async () => {
  db = await server.createDatabase()
  await query(db.ownerUrl, `INSERT INTO clients (id, name) VALUES (1, 'one')`)
  const pool = createPrimaryPool({ url: db.workerUrl, name: 'test', durability: 'local', concurrency: 1, logger })
  try {
    await move(pool)
  } finally {
    await endPool(pool)
  }
})

/**
 * A deposit, then withdrawals out of it: one settled, one declined, one that waits, one without funds. And refunds of another
 * deposit, which end alike.
 */
async function move(pool: Pool): Promise<void> {
  const poster = new BatchPoster(pool, ids, COMMISSIONS)
  const envelope = { client: CLIENT, fingerprint: '0'.repeat(32), created_at_ms: Date.now() }
  const ask = (name: Name, rail: BankRail, amount: number): Command => ({
    type: 'bank_payment.create',
    id: payments[name],
    rail,
    account,
    amount,
    currency: 'USD',
    bank_reference: name,
    ...envelope,
  })
  const settle = (name: Name): Command => ({
    type: 'payment.settle',
    id: ids.derive('opr', CLIENT, `settled ${name}`),
    payment: payments[name],
    reason: `bank ${name}`,
    ...envelope,
  })
  const decline: Command = {
    type: 'payment.decline',
    id: ids.derive('opr', CLIENT, 'declined declined'),
    payment: payments.declined,
    code: 'bank_declined',
    reason: 'account_closed',
    ...envelope,
  }
  const refund = (name: RefundName, amount: number): Command => ({
    type: 'refund.create',
    id: refunds[name],
    payment: payments.refunded,
    amount,
    ...envelope,
  })
  const answerTo = (name: RefundName) => ({
    id: ids.derive('opr', CLIENT, `answer ${name}`),
    refund: refunds[name],
    payment: payments.refunded,
    ...envelope,
  })
  const batches: readonly (readonly Command[])[] = [
    [
      { type: 'account.create', id: account, kind: 'customer', currency: 'USD', ...envelope },
      ask('deposit', 'deposit', 10_000),
      settle('deposit'),
    ],
    [ask('withdrawal', 'withdrawal', 1000), ask('declined', 'withdrawal', 2000), ask('waiting', 'withdrawal', 3000)],
    [settle('withdrawal'), settle('withdrawal'), decline, ask('refused', 'withdrawal', 9000)],
    [ask('refunded', 'deposit', 1000), settle('refunded')],
    [refund('paid', 200), refund('kept', 100), refund('open', 50)],
    [
      { type: 'refund.settle', reason: 'bank paid', ...answerTo('paid') },
      { type: 'refund.decline', code: 'bank_declined', reason: 'closed', ...answerTo('kept') },
    ],
  ]
  await postInOrder(poster, batches)
}

/** As a fault below all constraints would. */
const corrupt = (sql: string): Promise<unknown> =>
  query(
    db.superuserUrl,
    `ALTER TABLE payments DROP CONSTRAINT unheld_states, DROP CONSTRAINT completed_holds,
       DROP CONSTRAINT entries_of_what_did_not_fail;
     ${sql}`,
  )

const faults = (): Promise<string[]> => ledgerFaults(db.monitorUrl)

describe('a true ledger', () => {
  it('passes, and shows what the bank moved', async () => {
    expect(await faults()).toEqual([])
    const balances = await query(
      db.ownerUrl,
      `SELECT posted::int, held::int FROM account_balances
       WHERE account_id IN ($1, $2, $3) ORDER BY array_position(ARRAY[$1, $2, $3]::uuid[], account_id)`,
      [idToUuid(account), houseAccount('clearing', 'USD'), houseAccount('fees', 'USD')],
    )
    // 11,000 less 2 %, less 1,000 and 1 %, less a refund of 200; held are 3,000 and 1 %, and another refund of 50.
    expect(balances).toEqual([
      { posted: 9570, held: 3080 },
      { posted: -9800, held: 0 },
      { posted: 230, held: 0 },
    ])
  })

  it('has the cluster’s own accounts for every currency that the API takes', async () => {
    const rows = await query<{ id: string }>(
      db.ownerUrl,
      `SELECT replace(account_id::text, '-', '') AS id FROM account_balances WHERE client_id = $1`,
      [HOUSE_CLIENT],
    )
    const expected = ISO_4217_CODES.flatMap((currency) => HOUSE_ROLES.map((role) => houseAccount(role, currency)))
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(expected))
  })
})

describe('a ledger is found out', () => {
  it.each<[what: string, sql: () => string, problem: string]>([
    [
      'that has taken another commission',
      () => `UPDATE payments SET fee = fee + 1 WHERE id = ${uuid('deposit')}`,
      'I3 the entry has another amount: 9800 instead of 9799',
    ],
    [
      'whose withdrawal holds another amount',
      () => `UPDATE entries SET held = held + 1 WHERE payment_id = ${uuid('waiting')}`,
      'I3 the entry holds another amount: 3031 instead of 3030',
    ],
    [
      'whose deposit succeeded without a bank',
      () =>
        `UPDATE payments SET version = 1 WHERE id = ${uuid('deposit')};
         DELETE FROM payment_operations WHERE payment_id = ${uuid('deposit')}`,
      'I3 the status is not what was done to the payment: succeeded',
    ],
    [
      'whose commission is an entry that nothing names',
      () => `UPDATE payment_operations SET fee_seq = NULL WHERE payment_id = ${uuid('withdrawal')}`,
      'I3 the payment does not name this entry',
    ],
    [
      'that declined and kept the hold',
      () => `UPDATE payment_operations SET source_seq = NULL WHERE payment_id = ${uuid('declined')}`,
      'I3 the payment does not name this entry',
    ],
    [
      'in which a payment waits for a bank that nobody asks',
      () => `DELETE FROM payment_tasks WHERE payment_id = ${uuid('waiting')}`,
      'I3 the payment waits for a bank that nobody asks',
    ],
    [
      'in which the bank has answered in vain',
      () => `UPDATE payment_tasks SET state = 'done' WHERE payment_id = ${uuid('waiting')}`,
      'I3 the bank has answered, and the payment still waits',
    ],
    [
      'that still asks about what is final',
      () => `UPDATE payment_tasks SET state = 'ready' WHERE payment_id = ${uuid('declined')}`,
      'I3 the payment is final, and the bank is still asked',
    ],
    [
      'that asks about nothing',
      () =>
        `INSERT INTO payment_tasks (id, payment_id, due_at, created_at, updated_at)
         SELECT id, id, now(), now(), now() FROM gen_random_uuid() AS id`,
      'I3 a bank is asked about a payment that is missing',
    ],
    [
      'in which a refund waits for a bank that nobody asks',
      () => `DELETE FROM payment_tasks WHERE id = ${refundUuid('open')}`,
      'I3 a refund waits for a bank that nobody asks',
    ],
    [
      'in which the bank has answered a refund in vain',
      () => `UPDATE payment_tasks SET state = 'done' WHERE id = ${refundUuid('open')}`,
      'I3 the bank has answered, and a refund still waits',
    ],
    [
      'that still asks about a refund that is final',
      () => `UPDATE payment_tasks SET state = 'ready' WHERE id = ${refundUuid('kept')}`,
      'I3 a refund is final, and the bank is still asked',
    ],
    [
      'that asks about a refund that is none',
      () =>
        `INSERT INTO payment_tasks (id, payment_id, due_at, created_at, updated_at)
         VALUES (gen_random_uuid(), ${uuid('refunded')}, now(), now(), now())`,
      'I3 a bank is asked about a refund that is missing',
    ],
    [
      'whose refund is paid without the bank’s word',
      () => `UPDATE payment_operations SET settlement = 'settled', settled_at = now() WHERE id = ${refundUuid('open')}`,
      'I3 a refund is not what the bank’s answers have made it',
    ],
    [
      'whose declined refund still counts',
      () => `UPDATE payments SET refunded = refunded + 100 WHERE id = ${uuid('refunded')}`,
      'I5 says another amount refunded: 350',
    ],
    [
      'whose refund has left more than it held',
      () =>
        `UPDATE entries SET held = held - 1 WHERE payment_id = ${uuid('refunded')} AND kind = 'refund' AND held < 0`,
      'I3 the entry holds another amount: -201 instead of -200',
    ],
  ])('%s', async (_, sql, problem) => {
    await corrupt(sql())
    expect(await faults()).toContain(problem)
  })
})
