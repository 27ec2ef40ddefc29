import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { MAX_AMOUNT_MINOR, type PaymentCommand } from '@paycluster/contracts'
import type { BatchCommand, BatchPayment } from './batch-command.ts'
import { decideBatch as decideBatchOf } from './decide-batch.ts'
import type { Decision } from './decisions.ts'
import { referenceKey, type BalanceState, type LedgerState, type PaymentRow, type Uuid } from './ledger-state.ts'
import type { LedgerRules } from './running-ledger.ts'

const CLIENT = 7
const NOW_MS = 1_000_000
const RULES: LedgerRules = {
  isIssuedTo: (_, id) => !id.endsWith('altered'),
  commissions: { deposit: 0, withdrawal: 0, card: 0 },
}

const balance = (posted: number, more: Partial<BalanceState> = {}): BalanceState => ({
  client: CLIENT,
  currency: 'USD',
  status: 'active',
  posted,
  held: 0,
  minAvailable: 0,
  version: 0,
  paymentLimit: null,
  dailyLimit: null,
  spentOn: null,
  spent: 0,
  ...more,
})

const payment = (
  id: Uuid,
  source: Uuid,
  destination: Uuid,
  amount: number,
  more: Partial<PaymentCommand> = {},
): BatchPayment => ({
  type: 'payment',
  id,
  source,
  destination,
  holdUntilMs: null,
  command: {
    type: 'payment.create',
    id: `pay_${id}`,
    source: `acc_${source}`,
    destination: `acc_${destination}`,
    amount,
    currency: 'USD',
    client: CLIENT,
    fingerprint: '0'.repeat(32),
    created_at_ms: 1,
    ...more,
  },
})

/** Every id is the one that was issued, but for altered ones. */
const decideBatch = (commands: readonly BatchCommand[], state: LedgerState): Decision[] =>
  decideBatchOf(commands, state, RULES, NOW_MS)

const account = (id: Uuid): BatchCommand => ({
  type: 'account',
  id,
  command: {
    type: 'account.create',
    id: `acc_${id}`,
    kind: 'customer',
    currency: 'USD',
    client: CLIENT,
    fingerprint: '0'.repeat(32),
    created_at_ms: 1,
  },
})

const stateOf = (balances: Record<Uuid, BalanceState>, more: Partial<LedgerState> = {}): LedgerState => ({
  balances: new Map(Object.entries(balances)),
  payments: new Map(),
  operations: new Map(),
  blockChanges: new Map(),
  accounts: new Map(),
  references: new Set(),
  ...more,
})

const failuresOf = (decisions: readonly Decision[]): (string | null)[] =>
  decisions.map((decision) => (decision.kind === 'payment' ? decision.failure : decision.kind))

describe('deciding a batch', () => {
  it('spends what there is in the order of arrival, and lets a smaller payment pass after a declined one', () => {
    const state = stateOf({ a: balance(100), b: balance(0) })
    const batch = [payment('1', 'a', 'b', 70), payment('2', 'a', 'b', 40), payment('3', 'a', 'b', 30)]
    expect(failuresOf(decideBatch(batch, state))).toEqual([null, 'insufficient_funds', null])
  })

  it('lets a credit be spent by the payments behind it', () => {
    const state = stateOf({ a: balance(100), b: balance(0), c: balance(0) })
    const batch = [payment('1', 'b', 'c', 100), payment('2', 'a', 'b', 100), payment('3', 'b', 'c', 100)]
    expect(failuresOf(decideBatch(batch, state))).toEqual(['insufficient_funds', null, null])
  })

  it('holds back what is held, and lets a permitted overdraft be used to its limit', () => {
    const state = stateOf({ a: balance(100, { held: 30 }), o: balance(0, { minAvailable: -50 }), b: balance(0) })
    const batch = [
      payment('1', 'a', 'b', 71),
      payment('2', 'a', 'b', 70),
      payment('3', 'o', 'b', 51),
      payment('4', 'o', 'b', 50),
    ]
    expect(failuresOf(decideBatch(batch, state))).toEqual(['insufficient_funds', null, 'insufficient_funds', null])
  })

  it('declines what the ledger forbids, each for its own reason', () => {
    const state = stateOf(
      {
        a: balance(100),
        b: balance(0),
        blocked: balance(100, { status: 'blocked' }),
        euro: balance(100, { currency: 'EUR' }),
        stranger: balance(100, { client: 8 }),
        full: balance(MAX_AMOUNT_MINOR - 5),
      },
      { references: new Set([referenceKey(CLIENT, 'taken')]) },
    )
    const expectations: [BatchPayment, string | null][] = [
      [payment('1', 'a', 'a', 1), 'same_account'],
      [payment('2', 'nobody', 'b', 1), 'account_not_found'],
      [payment('3', 'a', 'nobody', 1), 'account_not_found'],
      [payment('4', 'stranger', 'b', 1), 'account_not_found'],
      [payment('5', 'blocked', 'b', 1), 'account_blocked'],
      [payment('6', 'a', 'blocked', 1), 'account_blocked'],
      [payment('7', 'a', 'euro', 1), 'currency_mismatch'],
      [payment('8', 'a', 'b', 1, { currency: 'EUR' }), 'currency_mismatch'],
      [payment('9', 'a', 'b', 1, { reference: 'taken' }), 'duplicate_reference'],
      [payment('10', 'a', 'b', 101), 'insufficient_funds'],
      [payment('11', 'a', 'full', 6), 'limit_exceeded'],
      [payment('12', 'a', 'full', 5), null],
      [payment('13', 'a', 'stranger', 1), null],
      [payment('14', 'a', 'b', 1, { destination: 'acc_b_altered' }), 'account_not_found'],
    ]
    const decisions = decideBatch(
      expectations.map(([command]) => command),
      state,
    )
    expect(failuresOf(decisions)).toEqual(expectations.map(([, failure]) => failure))
  })

  it('takes a reference with the first payment that does not fail', () => {
    const state = stateOf({ a: balance(100), b: balance(0) })
    const batch = [
      payment('1', 'a', 'b', 500, { reference: 'order' }),
      payment('2', 'a', 'b', 50, { reference: 'order' }),
      payment('3', 'a', 'b', 10, { reference: 'order' }),
    ]
    expect(failuresOf(decideBatch(batch, state))).toEqual(['insufficient_funds', null, 'duplicate_reference'])
  })

  it('posts nothing for an id that the ledger or the batch has already', () => {
    const row = { fingerprint: 'x' } as PaymentRow
    const state = stateOf({ a: balance(100), b: balance(0) }, { payments: new Map([['old', row]]) })
    const batch = [
      payment('old', 'a', 'b', 100),
      payment('1', 'a', 'b', 60),
      payment('1', 'a', 'b', 60),
      payment('2', 'a', 'b', 40),
    ]
    expect(failuresOf(decideBatch(batch, state))).toEqual(['repeated payment', null, 'repeated in batch', null])
  })

  it('fails what is new in a batch whose key the ledger has with another body, also one of the same transaction', () => {
    const inBatch = (made: BatchPayment, fingerprint: string): BatchPayment => ({
      ...made,
      batch: { id: 'opr', first: 'p0' },
      command: { ...made.command, fingerprint },
    })
    const [own, other] = ['1'.repeat(32), '2'.repeat(32)] as const
    const commands = [
      inBatch(payment('p0', 'a', 'b', 1), own),
      inBatch(payment('p0', 'a', 'b', 1), other),
      inBatch(payment('p1', 'a', 'b', 2), other),
      inBatch(payment('p2', 'a', 'b', 3), own),
    ]
    const decisions = decideBatch(commands, stateOf({ a: balance(100), b: balance(0) }))
    expect(decisions.map((one) => ('failure' in one ? one.failure : one.kind))).toEqual([
      null,
      'repeated in batch',
      'idempotency_key_reused',
      null,
    ])
  })

  it('lets the payments of an atomic batch pass together or not at all, and gives back what they took', () => {
    const group = { id: 'g' }
    const inGroup = (made: BatchPayment): BatchPayment => ({ ...made, atomic: group })
    const state = stateOf({ a: balance(100), b: balance(0) })
    const batch = [
      inGroup(payment('1', 'a', 'b', 60, { reference: 'x' })),
      inGroup(payment('2', 'b', 'a', 70)),
      inGroup(payment('3', 'a', 'b', 20)),
      payment('4', 'a', 'b', 100, { reference: 'x' }),
    ]
    expect(failuresOf(decideBatch(batch, state))).toEqual(['batch_failed', 'insufficient_funds', 'batch_failed', null])
    const passing = [
      inGroup(payment('1', 'a', 'b', 60)),
      inGroup(payment('2', 'b', 'a', 60)),
      payment('3', 'b', 'a', 1),
    ]
    expect(failuresOf(decideBatch(passing, state))).toEqual([null, null, 'insufficient_funds'])
    // The same message again is another object with the same ids.
    const again = passing.slice(0, 2).map((made) => ({ ...made, atomic: { id: 'g' } }))
    const twice = [...passing.slice(0, 2), ...again]
    expect(failuresOf(decideBatch(twice, state)).slice(2)).toEqual(['repeated in batch', 'repeated in batch'])
  })

  it('opens an account for the commands behind it', () => {
    const state = stateOf({ a: balance(100) })
    const batch = [
      payment('1', 'a', 'new', 10),
      account('new'),
      payment('2', 'a', 'new', 10),
      payment('3', 'new', 'a', 10),
    ]
    expect(failuresOf(decideBatch(batch, state))).toEqual(['account_not_found', 'account', null, null])
  })

  it('is the same as deciding one by one', () => {
    const accounts = ['a', 'b', 'c']
    const commands = fc.array(
      fc.record({
        id: fc.integer({ min: 1, max: 30 }).map(String),
        source: fc.constantFrom(...accounts),
        destination: fc.constantFrom(...accounts),
        amount: fc.integer({ min: 1, max: 80 }),
        reference: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(commands, (drafts) => {
        const batch = drafts.map(({ id, source, destination, amount, reference }) =>
          payment(id, source, destination, amount, reference === undefined ? {} : { reference }),
        )
        const balances = { a: balance(100), b: balance(50), c: balance(0) }
        const together = failuresOf(decideBatch(batch, stateOf(balances)))
        expect(together).toEqual(oneByOne(batch, balances))
      }),
    )
  })
})

/** What a ledger would do that posts each payment in a transaction of its own. */
function oneByOne(batch: readonly BatchPayment[], initial: Record<Uuid, BalanceState>): (string | null)[] {
  const posted = new Map(Object.entries(initial).map(([id, state]) => [id, state.posted]))
  const references = new Set<string>()
  const seen = new Set<string>()
  return batch.map((command) => {
    if (seen.has(command.id)) return 'repeated in batch'
    seen.add(command.id)
    const balances = Object.fromEntries([...posted].map(([id, amount]) => [id, balance(amount)]))
    const [failure] = failuresOf(decideBatch([command], stateOf(balances, { references })))
    if (failure === null) {
      const { amount, reference, client } = command.command
      posted.set(command.source, (posted.get(command.source) ?? 0) - amount)
      posted.set(command.destination, (posted.get(command.destination) ?? 0) + amount)
      if (reference !== undefined) references.add(referenceKey(client, reference))
    }
    return failure ?? null
  })
}
