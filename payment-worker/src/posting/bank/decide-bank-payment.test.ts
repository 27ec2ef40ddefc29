import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { commissionOf, type BankRail } from '@paycluster/contracts'
import { HOUSE_CLIENT, houseAccount } from '@paycluster/platform/ids/house-accounts'
import type { BatchBankPayment, BatchCommand, BatchOperation } from '../batch-command.ts'
import { decideBatch } from '../decide-batch.ts'
import type { Decision } from '../decisions.ts'
import type { BalanceState, LedgerState, OperationRow } from '../ledger-state.ts'
import type { LedgerRules } from '../running-ledger.ts'

const [OWNER, STRANGER] = [1, 2]
const NOW_MS = 1_000_000
const CLEARING = houseAccount('clearing', 'USD')
const FEES = houseAccount('fees', 'USD')
const RULES: LedgerRules = {
  isIssuedTo: (_, id) => !id.endsWith('altered'),
  commissions: { deposit: 200, withdrawal: 200, card: 290 },
}

const balance = (client: number, more: Partial<BalanceState> = {}): BalanceState => ({
  client,
  currency: 'USD',
  status: 'active',
  posted: 0,
  held: 0,
  minAvailable: client === HOUSE_CLIENT ? -Number.MAX_SAFE_INTEGER : 0,
  version: 0,
  paymentLimit: null,
  dailyLimit: null,
  spentOn: null,
  spent: 0,
  ...more,
})
const stateOf = (account: Partial<BalanceState> = {}): LedgerState => ({
  balances: new Map([
    ['a', balance(OWNER, { posted: 1000, ...account })],
    [CLEARING, balance(HOUSE_CLIENT)],
    [FEES, balance(HOUSE_CLIENT)],
  ]),
  payments: new Map(),
  operations: new Map(),
  blockChanges: new Map(),
  accounts: new Map(),
  references: new Set(),
})

interface Asked {
  readonly id?: string
  readonly account?: string
  readonly client?: number
  readonly currency?: string
}
function bankPayment(rail: BankRail, amount: number, asked: Asked = {}): BatchBankPayment {
  const { id = 'p', account = 'acc_a', client = OWNER, currency = 'USD' } = asked
  const [source, destination] = rail === 'withdrawal' ? ['a', CLEARING] : [CLEARING, 'a']
  return {
    type: 'bank payment',
    id,
    source,
    destination,
    fees: FEES,
    command: {
      type: 'bank_payment.create',
      id: `pay_${id}`,
      rail,
      account,
      amount,
      currency,
      client,
      fingerprint: 'f',
      created_at_ms: 1,
    },
  }
}
function answer(type: 'payment.settle' | 'payment.decline', payment = 'p', id = `${type} ${payment}`): BatchOperation {
  const common = { id, payment: `pay_${payment}`, client: OWNER, fingerprint: 'f', created_at_ms: 2 }
  const command =
    type === 'payment.settle' ? { type, ...common } : { type, code: 'bank_declined' as const, reason: 'no', ...common }
  return { type: 'operation', id, payment, command }
}
function refund(amount?: number, id = 'r'): BatchOperation {
  const common = { id: `ref_${id}`, payment: 'pay_p', client: OWNER, fingerprint: 'f', created_at_ms: 3 }
  return { type: 'operation', id, payment: 'p', command: { type: 'refund.create', ...common, amount } }
}
function refundAnswer(type: 'refund.settle' | 'refund.decline', of = 'r', id = `${type} ${of}`): BatchOperation {
  const common = { id, payment: 'pay_p', refund: `ref_${of}`, client: OWNER, fingerprint: 'f', created_at_ms: 4 }
  const command = type === 'refund.settle' ? { type, ...common } : { type, code: 'bank_declined' as const, ...common }
  return { type: 'operation', id, payment: 'p', refund: of, command }
}
/** A ledger in which a card has paid 500, less 14, and refunds of it wait for the bank. */
function paidByCard(refunds: Readonly<Record<string, number>> = {}, account: Partial<BalanceState> = {}): LedgerState {
  const asked = decide([bankPayment('card', 500), answer('payment.settle')])
  const settled = asked.at(-1)
  if (settled?.kind !== 'operation') throw new Error('is not settled')
  const held = Object.values(refunds).reduce((sum, amount) => sum + amount, 0)
  const operations = Object.entries(refunds).map(([id, amount]): [string, OperationRow] => [id, refundRow(amount)])
  return {
    ...stateOf({ posted: 1486, held, ...account }),
    payments: new Map([['p', { ...settled.after, version: 2 + operations.length, refunded: held }]]),
    operations: new Map(operations),
  }
}
const refundRow = (amount: number): OperationRow => ({
  payment: 'p',
  unknownPayment: null,
  kind: 'refund',
  failure: null,
  amount,
  reason: null,
  fingerprint: 'f',
  sourceSeq: null,
  destinationSeq: 2,
  feeSeq: null,
  paymentVersion: 3,
  refunded: amount,
  createdAtMs: 1,
  postedAtMs: 2,
  settlement: 'processing',
  settledAtMs: null,
})
const failureOf = (decision: Decision | undefined): string | null | undefined =>
  decision?.kind === 'operation' ? decision.failure : decision?.kind

const decide = (commands: readonly BatchCommand[], state: LedgerState = stateOf()): Decision[] =>
  decideBatch(commands, state, RULES, NOW_MS)
/** `account kind amount held` of every leg. */
const movementsOf = (decisions: readonly Decision[]): string[] =>
  decisions.flatMap((decision) =>
    'legs' in decision
      ? decision.legs.map(({ account, kind, amount, held }) => `${nameOf(account)} ${kind} ${amount} ${held}`)
      : [],
  )
const nameOf = (account: string): string => (account === CLEARING ? 'clearing' : account === FEES ? 'fees' : account)
const statusesOf = (decisions: readonly Decision[]): string[] =>
  decisions.map((decision) => {
    if (decision.kind === 'bank payment') return decision.failure ?? 'processing'
    return decision.kind === 'operation' ? decision.after.status : decision.kind
  })

describe('a commission', () => {
  it('is rounded half up, and 0 basis points are nothing', () => {
    expect([24, 25, 74, 75].map((amount) => commissionOf(amount, 200))).toEqual([0, 1, 1, 2])
    expect(commissionOf(123, 0)).toBe(0)
    expect(commissionOf(Number.MAX_SAFE_INTEGER, 10_000)).toBe(Number.MAX_SAFE_INTEGER)
    expect(commissionOf(Number.MAX_SAFE_INTEGER, 200)).toBe(180_143_985_094_820)
  })
})

describe('a deposit', () => {
  it('moves nothing until the bank has settled it, and its commission out of the amount then', () => {
    const decisions = decide([bankPayment('deposit', 500), answer('payment.settle')])
    expect(statusesOf(decisions)).toEqual(['processing', 'succeeded'])
    expect(movementsOf(decisions)).toEqual(['clearing deposit -500 0', 'a deposit 490 0', 'fees fee 10 0'])
  })

  it('moves nothing when the bank declines it', () => {
    const decisions = decide([bankPayment('deposit', 500), answer('payment.decline')])
    expect(statusesOf(decisions)).toEqual(['processing', 'failed'])
    expect(movementsOf(decisions)).toEqual([])
  })

  it('that the bank has settled counts though the account was blocked meanwhile', () => {
    const [asked, settled] = [bankPayment('deposit', 500), answer('payment.settle')]
    const [processing] = decide([asked])
    if (processing?.kind !== 'bank payment') throw new Error('no payment')
    const blocked = stateOf({ status: 'blocked' })
    expect(statusesOf(decide([asked], blocked))).toEqual(['account_blocked'])
    const block: BatchCommand = {
      type: 'block change',
      id: 'b',
      account: 'a',
      command: {
        type: 'account.block',
        id: 'b',
        account: 'acc_a',
        reason: 'r',
        client: OWNER,
        fingerprint: 'f',
        created_at_ms: 1,
      },
    }
    const row = { client: OWNER, kind: 'customer', currency: 'USD', status: 'active', externalId: null } as const
    const accounts = new Map([['a', { ...row, metadata: {}, fingerprint: 'f', createdAtMs: 1, revision: 1 }]])
    expect(statusesOf(decide([asked, block, settled], { ...stateOf(), accounts }))).toEqual([
      'processing',
      'block change',
      'succeeded',
    ])
  })

  it('fails for an account that is not the caller’s, that is none, or of another currency', () => {
    expect(statusesOf(decide([bankPayment('deposit', 1, { client: STRANGER })]))).toEqual(['account_not_found'])
    expect(statusesOf(decide([bankPayment('deposit', 1, { account: 'acc_altered' })]))).toEqual(['account_not_found'])
    expect(statusesOf(decide([bankPayment('deposit', 1, { currency: 'EUR' })]))).toEqual(['currency_mismatch'])
    const full = stateOf({ posted: Number.MAX_SAFE_INTEGER })
    expect(statusesOf(decide([bankPayment('deposit', 1)], full))).toEqual(['limit_exceeded'])
  })
})

describe('a card payment', () => {
  it('may go to anybody’s account, but for the cluster’s own', () => {
    expect(statusesOf(decide([bankPayment('card', 500, { client: STRANGER })]))).toEqual(['processing'])
    const toClearing = { ...bankPayment('card', 500), destination: CLEARING }
    expect(statusesOf(decide([toClearing]))).toEqual(['account_not_found'])
  })
})

describe('a withdrawal', () => {
  it('holds amount and commission, and moves them when the bank has settled it', () => {
    const decisions = decide([bankPayment('withdrawal', 500), answer('payment.settle')])
    expect(statusesOf(decisions)).toEqual(['processing', 'succeeded'])
    expect(movementsOf(decisions)).toEqual([
      'a hold 0 510',
      'a withdrawal -510 -510',
      'clearing withdrawal 500 0',
      'fees fee 10 0',
    ])
  })

  it('releases both when the bank declines it', () => {
    const decisions = decide([bankPayment('withdrawal', 500), answer('payment.decline')])
    expect(statusesOf(decisions)).toEqual(['processing', 'failed'])
    expect(movementsOf(decisions)).toEqual(['a hold 0 510', 'a release 0 -510'])
  })

  it('needs funds for both, also after another one', () => {
    const [most, more] = [bankPayment('withdrawal', 980), bankPayment('withdrawal', 981)]
    expect(statusesOf(decide([most]))).toEqual(['processing'])
    expect(statusesOf(decide([more]))).toEqual(['insufficient_funds'])
    expect(statusesOf(decide([most, bankPayment('withdrawal', 1, { id: 'q' })]))).toEqual([
      'processing',
      'insufficient_funds',
    ])
  })
})

describe('a bank’s answer', () => {
  it('counts once: the same again repeats, the other one is refused', () => {
    const state = stateOf()
    const batch = [
      bankPayment('withdrawal', 500),
      answer('payment.settle'),
      answer('payment.settle'),
      answer('payment.decline'),
    ]
    expect(statusesOf(decide(batch, state))).toEqual(['processing', 'succeeded', 'repeated in batch', 'refused'])
  })

  it('keeps all money whole, in whatever order commands come', () => {
    const rails = fc.constantFrom<BankRail>('deposit', 'withdrawal', 'card')
    const payments = fc.array(fc.record({ rail: rails, amount: fc.integer({ min: 1, max: 700 }) }), { maxLength: 8 })
    const kinds = fc.constantFrom('payment.settle' as const, 'payment.decline' as const)
    const answers = fc.array(fc.record({ kind: kinds, of: fc.nat(7) }), { maxLength: 16 })
    fc.assert(
      fc.property(payments, answers, (asked, answered) => {
        const commands = [
          ...asked.map(({ rail, amount }, index) => bankPayment(rail, amount, { id: String(index) })),
          ...answered.map(({ kind, of }) => answer(kind, String(of))),
        ]
        const legs = decide(commands).flatMap((decision) => ('legs' in decision ? decision.legs : []))
        expect(legs.reduce((sum, { amount }) => sum + amount, 0)).toBe(0)
        let [posted, held] = [1000, 0]
        for (const leg of legs.filter(({ account }) => account === 'a')) {
          posted += leg.amount
          held += leg.held
          expect(posted - held).toBeGreaterThanOrEqual(0)
          expect(held).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

describe('a refund of what a bank brought', () => {
  it('is held until the bank has answered, commission and all', () => {
    const decisions = decide([refund(200)], paidByCard())
    expect(movementsOf(decisions)).toEqual(['a hold 0 200'])
    expect(decisions).toMatchObject([{ failure: null, after: { status: 'succeeded', refunded: 200, version: 3 } }])
  })

  it('moves when the bank has paid it back, and counts again as captured when it has not', () => {
    const settled = decide([refundAnswer('refund.settle')], paidByCard({ r: 200 }))
    expect(movementsOf(settled)).toEqual(['clearing refund 200 0', 'a refund -200 -200'])
    expect(settled).toMatchObject([
      { after: { refunded: 200 }, refund: { settlement: 'settled', settledAtMs: NOW_MS } },
    ])
    const declined = decide([refundAnswer('refund.decline'), refund(500, 'again')], paidByCard({ r: 200 }))
    expect(movementsOf(declined)).toEqual(['a release 0 -200', 'a hold 0 500'])
    expect(declined).toMatchObject([
      { after: { refunded: 0 }, refund: { settlement: 'bank_declined' } },
      { after: { refunded: 500 } },
    ])
  })

  it('together with others is never more than was paid, those that wait for the bank among them', () => {
    const decided = decide([refund(301, 'more'), refund(300, 'rest'), refund(1, 'one')], paidByCard({ r: 200 }))
    expect(decided.map(failureOf)).toEqual(['refund_exceeds_captured', null, 'refund_exceeds_captured'])
  })

  it('needs funds that nothing else holds, and an account that is not blocked', () => {
    expect(failureOf(decide([refund(500)], paidByCard({}, { posted: 499 }))[0])).toBe('insufficient_funds')
    expect(failureOf(decide([refund(500)], paidByCard({}, { posted: 600, held: 101 }))[0])).toBe('insufficient_funds')
    expect(failureOf(decide([refund(1)], paidByCard({}, { status: 'blocked' }))[0])).toBe('account_blocked')
  })

  it('that the bank has answered is answered though the account was blocked meanwhile', () => {
    const blocked = paidByCard({ r: 200 }, { status: 'blocked' })
    expect(failureOf(decide([refundAnswer('refund.settle')], blocked)[0])).toBeNull()
  })

  it('has one answer: the other one, or one to what is no refund of the payment, is refused', () => {
    const answers = [refundAnswer('refund.settle'), refundAnswer('refund.decline'), refundAnswer('refund.settle')]
    const decided = decide(answers, paidByCard({ r: 200 }))
    expect(decided.map(({ kind }) => kind)).toEqual(['operation', 'refused', 'repeated in batch'])
    expect(decide([refundAnswer('refund.settle', 'nothing')], paidByCard())[0]).toMatchObject({ kind: 'refused' })
    const other = { ...refundRow(200), payment: 'q' }
    const state = { ...paidByCard(), operations: new Map([['r', other]]) }
    expect(decide([refundAnswer('refund.settle')], state)[0]).toMatchObject({ kind: 'refused' })
  })

  it('cannot be had of a withdrawal', () => {
    const commands = [bankPayment('withdrawal', 500), answer('payment.settle'), refund(1)]
    // Whoever was paid is the cluster itself.
    expect(decide(commands).at(-1)).toMatchObject({ kind: 'refused', refund: { failure: 'refund_not_permitted' } })
  })

  it('keeps all money whole, whatever is answered to which', () => {
    const asked = fc.array(fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }), { maxLength: 5 })
    const answered = fc.array(fc.tuple(fc.constantFrom('refund.settle', 'refund.decline'), fc.nat(2)), { maxLength: 8 })
    fc.assert(
      fc.property(asked, answered, (amounts, answers) => {
        const waiting = { r0: 50, r1: 150, r2: 100 }
        const commands = [
          ...answers.map(([type, of], n) => refundAnswer(type, `r${of}`, `answer ${n}`)),
          ...amounts.map((amount, n) => refund(amount, `new ${n}`)),
        ]
        const decisions = decide(commands, paidByCard(waiting))
        const legs = decisions.flatMap((decision) => ('legs' in decision ? decision.legs : []))
        expect(legs.reduce((sum, { amount }) => sum + amount, 0)).toBe(0)
        let [posted, held] = [1486, 300]
        for (const leg of legs.filter(({ account }) => account === 'a')) {
          posted += leg.amount
          held += leg.held
          expect(held).toBeGreaterThanOrEqual(0)
          expect(posted - held).toBeGreaterThanOrEqual(0)
        }
        for (const decision of decisions)
          if (decision.kind === 'operation') {
            expect(decision.after.refunded ?? 0).toBeGreaterThanOrEqual(0)
            expect(decision.after.refunded ?? 0).toBeLessThanOrEqual(500)
          }
      }),
    )
  })
})
