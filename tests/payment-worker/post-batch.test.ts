import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { AccountCommand, Command, Entry, PaymentCommand } from '@paycluster/contracts'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { endPool } from '@paycluster/testkit/end-pool'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import { toBatchCommands } from '../../payment-worker/src/posting/batch-command.ts'
import { BatchPoster, type Batch } from '../../payment-worker/src/posting/post-batch.ts'
import { postUntilTaken } from '../../payment-worker/src/posting/post-until-taken.ts'
import { postIsolating } from '../../payment-worker/src/posting/post-isolating.ts'
import { isConflict, type PostedBatch } from '../../payment-worker/src/posting/posted-batch.ts'
import { classify } from '../../payment-worker/src/posting/posting-errors.ts'
import { createPrimaryPool } from '../../payment-worker/src/posting/primary-pool.ts'

const TOPIC = 'payment.commands'
const CLIENT = 1
const ids = new IdCodec('a secret for tests, of 32 letters or more')
const logger = createLogger('test', 'fatal')

let db: TestPostgres
let owner: pg.Pool
let worker: pg.Pool
let poster: BatchPoster
let offset = 0

beforeAll(async () => {
  db = await startTestPostgres()
  owner = new pg.Pool({ connectionString: db.ownerUrl, max: 2 })
  worker = createPrimaryPool({ url: db.workerUrl, name: 'test-worker', durability: 'quorum', concurrency: 1, logger })
  poster = new BatchPoster(worker, ids)
  await owner.query(`INSERT INTO clients (id, name) VALUES (1, 'one'), (2, 'two')`)
}, 60_000)

afterAll(async () => {
  await Promise.all([owner, worker].map(endPool))
  await db.stop()
})

beforeEach(async () => {
  await owner.query(
    'TRUNCATE ledger_offsets, entries, payment_operations, payments, account_changes, account_balances, accounts',
  )
  offset = 0
})

const accountCommand = (kind: AccountCommand['kind'], more: Partial<AccountCommand> = {}): AccountCommand => ({
  type: 'account.create',
  id: ids.random('acc', more.client ?? CLIENT),
  kind,
  currency: 'USD',
  client: CLIENT,
  fingerprint: '1'.repeat(32),
  created_at_ms: Date.now(),
  ...more,
})

const paymentCommand = (
  source: string,
  destination: string,
  amount: number,
  more: Partial<PaymentCommand> = {},
): PaymentCommand => ({
  type: 'payment.create',
  id: ids.derive('pay', CLIENT, randomUUID()),
  source,
  destination,
  amount,
  currency: 'USD',
  client: CLIENT,
  fingerprint: '2'.repeat(32),
  created_at_ms: Date.now(),
  ...more,
})

/** As a statement shows them, newest first. */
async function entriesOf(account: string): Promise<Entry[]> {
  const { rows } = await owner.query<Omit<Entry, 'created_at'> & { created_at: Date }>(
    `SELECT seq::int, payment_id, kind, amount::int, balance_after::int, created_at FROM entries WHERE account_id = $1
     ORDER BY seq DESC`,
    [idToUuid(account)],
  )
  return rows.map((row) => ({
    ...row,
    payment_id: ids.fromUuid('pay', row.payment_id, CLIENT),
    created_at: row.created_at.toISOString(),
  }))
}

/** Posts commands as the next piece of partition 0. */
async function post(...commands: Command[]): Promise<PostedBatch> {
  const range = { partition: 0, firstOffset: offset, nextOffset: offset + commands.length }
  const result = await poster.post({ topic: TOPIC, ranges: [range], commands: commands.flatMap(toBatchCommands) })
  if ('refused' in result) throw new Error('refused')
  offset = range.nextOffset
  return result
}

/** Opens a funding account and `count` customers with `amount` each. */
async function openAccounts(count: number, amount: number): Promise<string[]> {
  const system = accountCommand('system')
  const customers = Array.from({ length: count }, () => accountCommand('customer'))
  await post(system, ...customers, ...customers.map(({ id }) => paymentCommand(system.id, id, amount)))
  return customers.map(({ id }) => id)
}

const statusesOf = ({ outcomes }: PostedBatch): (string | undefined)[] =>
  outcomes.map((outcome) =>
    outcome.type === 'payment' ? (outcome.payment.failure?.code ?? outcome.payment.status) : 'account',
  )

async function balanceOf(account: string): Promise<{ posted: number; version: number }> {
  const { rows } = await owner.query<{ posted: string; version: string }>(
    'SELECT posted, version FROM account_balances WHERE account_id = $1',
    [idToUuid(account)],
  )
  return { posted: Number(rows[0]?.posted), version: Number(rows[0]?.version) }
}

/** Every rule that the ledger must keep, as a count of rows that break it. */
async function expectSoundLedger(): Promise<void> {
  const { rows } = await owner.query<Record<string, string>>(`
    SELECT (SELECT coalesce(sum(posted), 0) FROM account_balances) AS sum_of_balances,
      (SELECT count(*) FROM account_balances b WHERE posted <> (SELECT coalesce(sum(amount), 0) FROM entries e
        WHERE e.account_id = b.account_id) OR version <> (SELECT count(*) FROM entries e
        WHERE e.account_id = b.account_id)) AS drifted,
      (SELECT count(*) FROM (SELECT seq, row_number() OVER w AS n, balance_after, sum(amount) OVER w AS running,
          created_at < lag(created_at) OVER w AS back FROM entries
          WINDOW w AS (PARTITION BY account_id ORDER BY seq)) q
        WHERE seq <> n OR balance_after <> running OR back) AS misnumbered,
      (SELECT count(*) FROM payments p WHERE status = 'succeeded' AND NOT EXISTS (
        SELECT FROM entries d JOIN entries c ON c.payment_id = d.payment_id
        WHERE d.account_id = p.source_id AND d.seq = p.source_seq AND d.amount = -p.amount AND d.payment_id = p.id
          AND c.account_id = p.destination_id AND c.seq = p.destination_seq AND c.amount = p.amount)) AS unmatched,
      (SELECT count(*) FROM entries) - (SELECT 2 * count(*) FROM payments WHERE status = 'succeeded') AS surplus`)
  expect(rows[0]).toEqual({ sum_of_balances: '0', drifted: '0', misnumbered: '0', unmatched: '0', surplus: '0' })
}

describe('posting a batch', () => {
  it('moves money, declines what it must, and says where it stands', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    const result = await post(paymentCommand(a, b, 300), paymentCommand(a, b, 800), paymentCommand(b, a, 100))
    expect(statusesOf(result)).toEqual(['succeeded', 'insufficient_funds', 'succeeded'])
    expect(result.balances.map(({ accountId, posted, version }) => [accountId, posted, version]).sort()).toEqual(
      [
        [a, 800, 3],
        [b, 1200, 3],
      ].sort(),
    )
    expect(result.position.timeline).toBe(1)
    const { rows } = await owner.query<{ reached: boolean }>(
      `SELECT pg_current_wal_flush_lsn() >= $1::pg_lsn AS reached`,
      [`${(result.position.lsn >> 32n).toString(16)}/${(result.position.lsn & 0xffffffffn).toString(16)}`],
    )
    expect(rows[0]?.reached).toBe(true)
    await expectSoundLedger()
  })

  it('keeps every field of a payment, whatever its text', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    const odd = { reference: `q"'\\{},NULL`, description: 'naïve 💳 \n\t', metadata: { 'k"\\': '{"a":1}', e: '' } }
    const command = paymentCommand(a, b, 1, odd)
    const first = await post(command)
    const again = await post(command)
    expect(again.outcomes[0]).toEqual({ ...first.outcomes[0] })
    expect(first.outcomes[0]).toMatchObject({ payment: odd })
  })

  it('posts a repeated command once and answers it the same, in one batch, in the next, and with another body', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    const command = paymentCommand(a, b, 400)
    const other = { ...command, amount: 1, fingerprint: '3'.repeat(32) }
    const first = await post(command, command, other)
    expect(first.outcomes.map(isConflict)).toEqual([false, false, true])
    const again = await post(other, command, paymentCommand(a, b, 600))
    expect(again.outcomes.map(isConflict)).toEqual([true, false, false])
    expect(statusesOf(again)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    for (const outcome of [...first.outcomes, ...again.outcomes.slice(0, 2)])
      expect(outcome).toMatchObject({ payment: { id: command.id, amount: 400 } })
    expect(await balanceOf(a)).toEqual({ posted: 0, version: 3 })
    await expectSoundLedger()
  })

  it('posts a redelivered batch not again, and still gives what to publish', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    const commands = [paymentCommand(a, b, 10), paymentCommand(b, a, 5), paymentCommand(a, b, 5000)]
    const before = offset
    const first = await post(...commands)
    offset = before
    const again = await post(...commands)
    expect(again.outcomes).toEqual(first.outcomes)
    const balances = first.balances.map((balance) => ({ ...balance, added: 0, newest: [] }))
    expect([...again.balances].sort(byAccount)).toEqual(balances.sort(byAccount))
    await expectSoundLedger()
  })

  it('gives the newest entries of each account as the ledger holds them', async () => {
    const [a = '', b = '', c = ''] = await openAccounts(3, 1000)
    const back = Array.from({ length: 25 }, () => paymentCommand(b, a, 3))
    const { balances } = await post(paymentCommand(a, b, 100), ...back, paymentCommand(c, a, 5000))
    for (const [account, added] of [
      [a, 26],
      [b, 26],
      [c, 0],
    ] as const) {
      const balance = balances.find(({ accountId }) => accountId === account)
      expect(balance?.added).toBe(added)
      expect(balance?.newest).toEqual((await entriesOf(account)).slice(0, Math.min(added, 20)))
    }
  })

  it('refuses a batch that begins beyond the ledger, and says from where to read', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    const gap = { partition: 0, firstOffset: offset + 1, nextOffset: offset + 2 }
    const fresh = { partition: 5, firstOffset: 0, nextOffset: 1 }
    const commands = [paymentCommand(a, b, 10)].flatMap(toBatchCommands)
    const result = await poster.post({ topic: TOPIC, ranges: [gap, fresh], commands })
    expect(result).toEqual({ refused: new Map([[0, offset]]) })
    expect(await balanceOf(a)).toEqual({ posted: 1000, version: 1 })
  })

  it('names balances by their own ids, whatever another payment of the batch called them', async () => {
    const [a = '', b = '', c = ''] = await openAccounts(3, 1000)
    const withOthersTag = (id: string): string => id.slice(0, -6) + ids.random('acc', CLIENT + 1).slice(-6)
    const batch = await post(
      paymentCommand(a, withOthersTag(b), 1),
      paymentCommand(a, b, 300),
      paymentCommand(a, withOthersTag(b), 1),
      paymentCommand(a, withOthersTag(c), 1),
    )
    expect(statusesOf(batch)).toEqual(['account_not_found', 'succeeded', 'account_not_found', 'account_not_found'])
    const balances = batch.balances.map(({ accountId, posted, added }) => ({ accountId, posted, added }))
    expect(balances.sort(byAccount)).toEqual(
      [
        { accountId: a, posted: 700, added: 1 },
        { accountId: b, posted: 1300, added: 1 },
      ].sort(byAccount),
    )
  })

  it('answers a repeated creation with the account that is there', async () => {
    const command = accountCommand('merchant', { external_id: 'shop-1', metadata: { city: 'Ghent' } })
    const first = await post(command, command)
    const again = await post(command, { ...command, fingerprint: '9'.repeat(32) })
    expect(first.outcomes.map(isConflict)).toEqual([false, false])
    expect(again.outcomes.map(isConflict)).toEqual([false, true])
    expect(again.outcomes[0]).toEqual(first.outcomes[0])
  })

  it('isolates a command that the ledger cannot hold, and posts the others', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    const orphan = accountCommand('customer', { client: 99 })
    const commands = [paymentCommand(a, b, 1), paymentCommand(a, b, 2), orphan, paymentCommand(a, b, 3)]
    const range = { partition: 0, firstOffset: offset, nextOffset: offset + commands.length }
    const result = await postIsolating(poster, {
      topic: TOPIC,
      ranges: [range],
      commands: commands.flatMap(toBatchCommands),
    })
    if ('refused' in result) throw new Error('refused')
    expect(result.poison.map(({ command }) => command.command.id)).toEqual([orphan.id])
    expect(result.poison[0]?.error.message).toContain('accounts_client_id_fkey')
    expect(result.posted.flatMap(statusesOf)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    offset = range.nextOffset
    await post(paymentCommand(a, b, 4))
    expect(await balanceOf(b)).toEqual({ posted: 1010, version: 5 })
    await expectSoundLedger()
  })
})

describe('batches side by side', () => {
  const lanes = [0, 1, 2, 3]

  it('spend an account’s funds once, deadlock nobody, and post every id once', async () => {
    const accounts = await openAccounts(12, 500)
    const shared = Array.from({ length: 40 }, (_, index) => {
      const [source = '', destination = ''] = [accounts[index % 12], accounts[(index * 5 + 1) % 12]]
      return paymentCommand(source, destination, 40)
    }).filter(({ source, destination }) => source !== destination)
    const next = new Map(lanes.map((lane) => [lane, 0]))
    const postOn = async (lane: number, commands: readonly Command[]): Promise<PostedBatch> => {
      const firstOffset = next.get(lane) ?? 0
      const ranges = [{ partition: lane + 1, firstOffset, nextOffset: firstOffset + commands.length }]
      next.set(lane, firstOffset + commands.length)
      const result = await poster.post({ topic: TOPIC, ranges, commands: commands.flatMap(toBatchCommands) })
      if ('refused' in result) throw new Error('refused')
      return result
    }
    const rounds = 15
    const results = await Promise.all(
      lanes.map(async (lane) => {
        const posted: PostedBatch[] = []
        for (let round = 0; round < rounds; round++) {
          // Debits of every account on every lane: what partitions by key rule out, and a rebalance may bring.
          const own = accounts.map((source, index) =>
            paymentCommand(source, accounts[(index + lane + 1) % 12] ?? '', 90),
          )
          posted.push(await postOn(lane, [...own, ...shared]))
        }
        return posted
      }),
    )
    const states = new Map<string, string>()
    for (const { outcomes } of results.flat()) {
      for (const outcome of outcomes) {
        if (outcome.type !== 'payment') continue
        const { id, status } = outcome.payment
        expect(states.get(id) ?? status).toBe(status)
        states.set(id, status)
      }
    }
    const { rows } = await owner.query<{ count: number }>('SELECT count(*)::int AS count FROM payments')
    expect(rows[0]?.count).toBe(states.size + 12)
    await expectSoundLedger()
  }, 60_000)

  it('of one partition post one after the other, the second finding all of the first', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    const commands = [paymentCommand(a, b, 600), paymentCommand(a, b, 600)].flatMap(toBatchCommands)
    const batch = { topic: TOPIC, ranges: [{ partition: 0, firstOffset: offset, nextOffset: offset + 2 }], commands }
    const results = await Promise.all([poster.post(batch), poster.post(batch)])
    for (const result of results) {
      if ('refused' in result) throw new Error('refused')
      expect(statusesOf(result)).toEqual(['succeeded', 'insufficient_funds'])
    }
    expect(await balanceOf(a)).toEqual({ posted: 400, version: 2 })
    await expectSoundLedger()
  })

  it('take a reference once', async () => {
    const [a = '', b = '', c = ''] = await openAccounts(3, 1000)
    const results = await Promise.all(
      [a, b].map((source, lane) =>
        poster.post({
          topic: TOPIC,
          ranges: [{ partition: lane + 1, firstOffset: 0, nextOffset: 1 }],
          commands: toBatchCommands(paymentCommand(source, c, 10, { reference: 'order-1' })),
        }),
      ),
    )
    const statuses = results.flatMap((result) => ('refused' in result ? [] : statusesOf(result)))
    expect(statuses.sort()).toEqual(['duplicate_reference', 'succeeded'])
    await expectSoundLedger()
  })
})

describe('a lone command that meets contention', () => {
  /** The server itself aborts so many updates of balances, as it aborts those of a batch that another one has overtaken. */
  async function abortUpdates(count: number): Promise<void> {
    await owner.query(`
      CREATE SEQUENCE updates;
      GRANT USAGE ON updates TO payments_worker;
      CREATE FUNCTION abort_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('updates') <= ${count} THEN RAISE 'overtaken' USING ERRCODE = 'serialization_failure'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER abort_update BEFORE UPDATE ON account_balances FOR EACH STATEMENT EXECUTE FUNCTION abort_update()`)
  }

  afterEach(() => owner.query('DROP FUNCTION abort_update CASCADE; DROP SEQUENCE updates'))

  const work = (command: Command): Batch => ({
    topic: TOPIC,
    ranges: [{ partition: 0, firstOffset: offset, nextOffset: offset + 1 }],
    commands: toBatchCommands(command),
  })

  it('is tried on until it is posted, and never given up', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    await abortUpdates(20)
    const errors: unknown[] = []
    const onRetry = (error: unknown): void => void errors.push(error)
    const { signal } = new AbortController()
    const result = await postUntilTaken(poster, work(paymentCommand(a, b, 300)), { signal, onRetry })
    if ('refused' in result) throw new Error('refused')
    expect(result.poison).toEqual([])
    expect(result.posted.flatMap(statusesOf)).toEqual(['succeeded'])
    expect(errors.map(classify)).toEqual(['contention', 'contention'])
    expect(await balanceOf(a)).toEqual({ posted: 700, version: 2 })
    await expectSoundLedger()
  })

  it('is abandoned when the worker stops, and left as it was', async () => {
    const [a = '', b = ''] = await openAccounts(2, 1000)
    await abortUpdates(1_000_000)
    const stop = new AbortController()
    const onRetry = (): void => {
      stop.abort()
    }
    const posting = postUntilTaken(poster, work(paymentCommand(a, b, 300)), { signal: stop.signal, onRetry })
    await expect(posting).rejects.toThrow('overtaken')
    expect(await balanceOf(a)).toEqual({ posted: 1000, version: 1 })
  })
})

const byAccount = (x: { accountId: string }, y: { accountId: string }): number => (x.accountId < y.accountId ? -1 : 1)
