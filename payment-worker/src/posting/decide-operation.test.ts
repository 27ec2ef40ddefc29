import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { BatchCommand, BatchOperation, BatchPayment } from './batch-command.ts'
import { decideBatch as decideBatchOf } from './decide-batch.ts'
import type { Decision, NewOperation } from './decisions.ts'
import type { BalanceState, LedgerState, OperationRow, PaymentRow } from './ledger-state.ts'
import type { LedgerRules } from './running-ledger.ts'

const [PAYER, PAYEE, STRANGER] = [1, 2, 3]
const NOW_MS = 1_000_000
const RULES: LedgerRules = {
  isIssuedTo: (_, id) => !id.endsWith('altered'),
  commissions: { deposit: 0, withdrawal: 0, card: 0 },
}
const PAYMENT = 'p'

const balance = (client: number, more: Partial<BalanceState> = {}): BalanceState => ({
  client,
  currency: 'USD',
  status: 'active',
  posted: 0,
  held: 0,
  minAvailable: 0,
  version: 0,
  paymentLimit: null,
  dailyLimit: null,
  spentOn: null,
  spent: 0,
  ...more,
})

/** A hold of 100 that ends in a second. */
const hold = (more: Partial<PaymentRow> = {}): PaymentRow => ({
  client: PAYER,
  counterparty: PAYEE,
  unknownDestination: null,
  status: 'requires_capture',
  failure: null,
  source: 'a',
  destination: 'b',
  sourceSeq: 1,
  destinationSeq: null,
  amount: 100,
  currency: 'USD',
  reference: null,
  description: null,
  metadata: {},
  fingerprint: 'f',
  createdAtMs: 1,
  postedAtMs: 2,
  version: 1,
  holdUntilMs: NOW_MS + 1000,
  captured: null,
  refunded: null,
  completedAtMs: null,
  bank: null,
  ...more,
})
const paid = (more: Partial<PaymentRow> = {}): PaymentRow =>
  hold({ status: 'succeeded', destinationSeq: 1, holdUntilMs: null, ...more })

const stateOf = (payment: PaymentRow | undefined, more: Partial<LedgerState> = {}): LedgerState => ({
  balances: new Map([
    ['a', balance(PAYER, payment?.status === 'requires_capture' ? { posted: 100, held: 100 } : {})],
    ['b', balance(PAYEE, payment?.status === 'succeeded' ? { posted: 100 } : {})],
  ]),
  payments: new Map(payment === undefined ? [] : [[PAYMENT, payment]]),
  operations: new Map(),
  blockChanges: new Map(),
  accounts: new Map(),
  references: new Set(),
  ...more,
})

interface Asked {
  readonly client?: number
  readonly amount?: number
  readonly id?: string
  readonly payment?: string
}

const ask = (
  type: 'payment.capture' | 'payment.cancel' | 'payment.expire' | 'refund.create',
  { client = PAYEE, amount, id = 'o', payment = 'pay_p' }: Asked = {},
): BatchOperation => ({
  type: 'operation',
  id,
  payment: PAYMENT,
  command: { type, id, payment, client, fingerprint: 'f', created_at_ms: 1, amount },
})

const decideBatch = (commands: readonly BatchCommand[], state: LedgerState): Decision[] =>
  decideBatchOf(commands, state, RULES, NOW_MS)

/** What it came to: a failure, a refusal's problem, or the state of the payment after it. */
function resultOf(decision: Decision | undefined): string | undefined {
  if (decision?.kind === 'refused') return decision.refund?.failure ?? decision.problem
  if (decision?.kind !== 'operation') return decision?.kind
  const { status, captured, refunded } = decision.after
  return decision.failure ?? [status, captured, refunded].filter((part) => part !== null).join(' ')
}
const resultsOf = (commands: readonly BatchCommand[], state: LedgerState): (string | undefined)[] =>
  decideBatch(commands, state).map(resultOf)
const decideOne = (operation: BatchOperation, state: LedgerState): NewOperation => {
  const [decision] = decideBatch([operation], state)
  if (decision?.kind !== 'operation') throw new Error(`is ${String(decision?.kind)}`)
  return decision
}
const movementsOf = ({ legs }: NewOperation) =>
  legs.map(({ account, kind, amount, held }) => [account, kind, amount, held])

describe('a hold', () => {
  it('is captured whole, or in part with the rest released', () => {
    expect(movementsOf(decideOne(ask('payment.capture'), stateOf(hold())))).toEqual([
      ['a', 'capture', -100, -100],
      ['b', 'capture', 100, 0],
    ])
    const part = decideOne(ask('payment.capture', { amount: 30 }), stateOf(hold()))
    expect(part.after).toMatchObject({ status: 'succeeded', captured: 30, version: 2, completedAtMs: NOW_MS })
    expect(movementsOf(part)).toEqual([
      ['a', 'capture', -30, -100],
      ['b', 'capture', 30, 0],
    ])
  })

  it('is released by a cancellation, and by time', () => {
    const canceled = decideOne(ask('payment.cancel'), stateOf(hold()))
    expect(canceled.after).toMatchObject({ status: 'canceled', captured: null, completedAtMs: NOW_MS })
    expect(movementsOf(canceled)).toEqual([['a', 'release', 0, -100]])
    const expired = decideOne(ask('payment.expire'), stateOf(hold({ holdUntilMs: NOW_MS })))
    expect(expired.after.status).toBe('expired')
    expect(movementsOf(expired)).toEqual([['a', 'release', 0, -100]])
  })

  it('ends once, whatever comes first', () => {
    const [capture, cancel] = [ask('payment.capture', { id: '1' }), ask('payment.cancel', { id: '2' })]
    expect(resultsOf([capture, cancel], stateOf(hold()))).toEqual(['succeeded 100', 'payment_not_capturable'])
    expect(resultsOf([cancel, capture], stateOf(hold()))).toEqual(['canceled', 'payment_not_capturable'])
    const again = ask('payment.capture', { id: '3' })
    expect(resultsOf([capture, again], stateOf(hold()))).toEqual(['succeeded 100', 'payment_not_capturable'])
  })

  it('is not captured for more than is held, nor past its time, nor released before it', () => {
    expect(resultsOf([ask('payment.capture', { amount: 101 })], stateOf(hold()))).toEqual(['capture_exceeds_hold'])
    const over = stateOf(hold({ holdUntilMs: NOW_MS }))
    expect(resultsOf([ask('payment.capture')], over)).toEqual(['hold_expired'])
    expect(resultsOf([ask('payment.cancel')], over)).toEqual(['hold_expired'])
    expect(resultsOf([ask('payment.expire')], stateOf(hold()))).toEqual(['payment_not_capturable'])
  })

  it('keeps its money from being spent otherwise, until it is released', () => {
    const spend = (id: string, amount: number, holdUntilMs: number | null): BatchPayment => ({
      type: 'payment',
      id,
      source: 'a',
      destination: 'b',
      holdUntilMs,
      command: {
        type: 'payment.create',
        id: `pay_${id}`,
        source: 'acc_a',
        destination: 'acc_b',
        amount,
        currency: 'USD',
        client: PAYER,
        fingerprint: 'f',
        created_at_ms: 1,
      },
    })
    const state = stateOf(undefined, {
      balances: new Map([
        ['a', balance(PAYER, { posted: 100 })],
        ['b', balance(PAYEE)],
      ]),
    })
    const batch = [
      spend(PAYMENT, 70, NOW_MS + 1000),
      spend('q', 31, null),
      ask('payment.cancel', { id: 'o1' }),
      spend('r', 31, null),
    ]
    const failures = decideBatch(batch, state).map((decision) =>
      'failure' in decision ? decision.failure : decision.kind,
    )
    expect(failures).toEqual([null, 'insufficient_funds', null, null])
  })
})

describe('a refund', () => {
  it('goes back in pieces, never beyond what was captured', () => {
    const asked = (id: string, amount?: number): BatchOperation =>
      ask('refund.create', { id, ...(amount === undefined ? {} : { amount }) })
    expect(resultsOf([asked('1', 60), asked('2', 41), asked('3'), asked('4')], stateOf(paid()))).toEqual([
      'succeeded 60',
      'refund_exceeds_captured',
      'succeeded 100',
      'refund_exceeds_captured',
    ])
    const partly = stateOf(hold({ status: 'succeeded', captured: 30 }))
    expect(resultsOf([asked('1', 31), asked('2')], partly)).toEqual(['refund_exceeds_captured', 'succeeded 30 30'])
  })

  it('moves from the destination to the source', () => {
    expect(movementsOf(decideOne(ask('refund.create', { amount: 40 }), stateOf(paid())))).toEqual([
      ['a', 'refund', 40, 0],
      ['b', 'refund', -40, 0],
    ])
  })

  it.each(['requires_capture', 'canceled', 'expired', 'failed'] as const)(
    'of a payment that is %s is none',
    (status) => {
      expect(resultsOf([ask('refund.create')], stateOf(hold({ status })))).toEqual(['payment_not_refundable'])
    },
  )

  it('needs the destination to have the money, and both sides to be free', () => {
    const balances = (a: Partial<BalanceState>, b: Partial<BalanceState>) => ({
      balances: new Map([
        ['a', balance(PAYER, a)],
        ['b', balance(PAYEE, { posted: 100, ...b })],
      ]),
    })
    expect(resultsOf([ask('refund.create')], stateOf(paid(), balances({}, { held: 1 })))).toEqual([
      'insufficient_funds',
    ])
    for (const sides of [balances({ status: 'blocked' }, {}), balances({}, { status: 'blocked' })])
      expect(resultsOf([ask('refund.create')], stateOf(paid(), sides))).toEqual(['account_blocked'])
  })

  it('is for the owner of the account that was paid alone', () => {
    expect(resultsOf([ask('refund.create', { client: PAYER })], stateOf(paid()))).toEqual(['refund_not_permitted'])
    expect(resultsOf([ask('refund.create', { client: STRANGER })], stateOf(paid()))).toEqual(['payment_not_found'])
  })
})

describe('an operation', () => {
  it('of a stranger, or by an altered id, finds nothing', () => {
    for (const asked of [{ client: STRANGER }, { payment: 'pay_altered' }])
      expect(resultsOf([ask('payment.capture', asked)], stateOf(hold()))).toEqual(['not_found'])
  })

  it('on a payment that is not posted yet may be asked again', () => {
    expect(resultsOf([ask('payment.capture')], stateOf(undefined))).toEqual(['payment_queued'])
    expect(resultsOf([ask('refund.create')], stateOf(undefined))).toEqual(['payment_not_found'])
  })

  it('on a blocked account moves no money, but releases a hold', () => {
    const blocked = stateOf(hold(), {
      balances: new Map([
        ['a', balance(PAYER, { posted: 100, held: 100, status: 'blocked' })],
        ['b', balance(PAYEE)],
      ]),
    })
    expect(resultsOf([ask('payment.capture')], blocked)).toEqual(['account_blocked'])
    expect(resultsOf([ask('payment.cancel')], blocked)).toEqual(['canceled'])
  })

  it('that comes again is the one of the first time, also when it was refused', () => {
    const row: OperationRow = {
      payment: PAYMENT,
      unknownPayment: null,
      kind: 'capture',
      failure: null,
      amount: 100,
      reason: null,
      fingerprint: 'f',
      sourceSeq: 2,
      destinationSeq: 1,
      feeSeq: null,
      paymentVersion: 2,
      refunded: null,
      createdAtMs: 1,
      postedAtMs: 2,
      settlement: null,
      settledAtMs: null,
    }
    const captured = hold({ status: 'succeeded', captured: 100, version: 2 })
    expect(resultsOf([ask('payment.capture')], stateOf(captured, { operations: new Map([['o', row]]) }))).toEqual([
      'repeated operation',
    ])
    const refused = { ...row, kind: 'refund', failure: 'payment_not_found', unknownPayment: 'pay_p' } as const
    // The payment has been posted since.
    const [again] = decideBatch([ask('refund.create')], stateOf(paid(), { operations: new Map([['o', refused]]) }))
    expect(again).toMatchObject({
      kind: 'refused',
      refund: { failure: 'payment_not_found', isNew: false, postedAtMs: 2 },
    })
  })

  it('keeps every balance whole, in whatever order operations come', () => {
    const kinds = fc.constantFrom('payment.capture' as const, 'payment.cancel' as const, 'refund.create' as const)
    const asked = fc.record({ type: kinds, amount: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 20 }), (drafts) => {
        const batch = drafts.map(({ type, amount }, index) =>
          ask(type, {
            id: String(index),
            ...(amount === undefined ? {} : { amount }),
          }),
        )
        const decided = decideBatch(batch, stateOf(hold())).filter((decision) => decision.kind === 'operation')
        const legs = decided.flatMap((decision) => decision.legs)
        const sumOf = (account: string, part: 'amount' | 'held'): number =>
          legs.filter((leg) => leg.account === account).reduce((sum, leg) => sum + leg[part], 0)
        const last = decided.at(-1)?.after
        const [captured, refunded] = [last?.captured ?? 0, last?.refunded ?? 0]
        expect(sumOf('a', 'amount')).toBe(refunded - captured)
        expect(sumOf('b', 'amount')).toBe(captured - refunded)
        expect(sumOf('a', 'held')).toBe(last === undefined || last.status === 'requires_capture' ? 0 : -100)
        expect(refunded).toBeLessThanOrEqual(captured)
        expect(captured).toBeLessThanOrEqual(100)
      }),
    )
  })
})
