import { describe, expect, it } from '@jest/globals'
import { array, assert, constantFrom, double, integer, property, record, type Arbitrary } from 'fast-check'
import { parseScenarioObject } from '../scenario/parse-scenario.ts'
import { actsOf, LABELS } from '../scenario/patterns.ts'
import { mixSchema, type Scenario } from '../scenario/scenario.ts'
import type { Act } from './act.ts'
import type { Cast } from './cast.ts'
import { planActs, planSteps } from './plan-acts.ts'

const cast: Cast = {
  currency: 'USD',
  customers: Array.from({ length: 120 }, (_, index) => `customer-${index}`),
  merchants: Array.from({ length: 7 }, (_, index) => `merchant-${index}`),
}
const EVERYTHING = {
  payment: 5,
  hold: 3,
  refund: 2,
  deposit: 1,
  withdrawal: 1,
  card_payment: 2,
  batch: 1,
  block: 1,
  balance: 2,
  statement: 1,
}
/** A hold ends so much later at most. */
const LONGEST_TAIL_MS = 10_000

const scenarioOf = (more: object = {}): Scenario =>
  parseScenarioObject({ name: 'a', duration: '60s', rate: 20, mix: EVERYTHING, ...more }, 'scenario')
const plan = (scenario: Scenario, seed = 1): Act[] => [...planActs(scenario, seed, cast)]

const weight = integer({ min: 0, max: 9 })
const scenarios: Arbitrary<Scenario> = record({
  rate: double({ min: 0, max: 30, noNaN: true }),
  mix: record({ payment: integer({ min: 1, max: 9 }), hold: weight, refund: weight, batch: weight, block: weight }),
  amounts: record({ min: integer({ min: 1, max: 500 }), spread: integer({ min: 0, max: 5000 }) }),
  zipf: double({ min: 0, max: 2, noNaN: true }),
  hot: double({ min: 0, max: 1, noNaN: true }),
  patterns: array(record({ label: constantFrom(...LABELS), everyS: integer({ min: 3, max: 30 }) }), { maxLength: 4 }),
}).map(({ rate, mix, amounts, zipf, hot, patterns }) =>
  scenarioOf({
    duration: '20s',
    rate,
    mix,
    amounts: {
      min: amounts.min,
      max: amounts.min + amounts.spread,
      median: amounts.min + Math.floor(amounts.spread / 2),
      sigma: 1,
    },
    customers: { zipf },
    merchants: { hot, traffic: hot },
    patterns: patterns.map(({ label, everyS }) => ({ label, every: `${everyS}s`, within: '6s' })),
  }),
)

/** Every account that an act names. */
function accountsOf(act: Act): string[] {
  if (act.kind === 'batch') return act.payments.flatMap(({ source, destination }) => [source, destination])
  return [
    ...('source' in act ? [act.source] : []),
    ...('destination' in act ? [act.destination] : []),
    ...('account' in act ? [act.account] : []),
  ]
}

function amountsOf(act: Act): number[] {
  if (act.kind === 'batch') return act.payments.map(({ amount }) => amount)
  return 'amount' in act ? [act.amount] : []
}

describe('a plan', () => {
  it('is the same for the same seed, and another one for another seed', () => {
    assert(
      property(scenarios, integer({ min: 0, max: 4_294_967_295 }), (scenario, seed) => {
        expect(plan(scenario, seed)).toEqual(plan(scenario, seed))
      }),
      { numRuns: 10 },
    )
    expect(plan(scenarioOf(), 1)).not.toEqual(plan(scenarioOf(), 2))
  })

  it('keeps to the bounds of its scenario', () => {
    assert(
      property(scenarios, integer({ min: 0, max: 1000 }), (scenario, seed) => {
        const acts = plan(scenario, seed)
        const known = new Set([...cast.customers, ...cast.merchants])
        const { min, max } = scenario.amounts
        let lastMs = 0
        for (const act of acts) {
          expect(act.atMs).toBeGreaterThanOrEqual(lastMs)
          lastMs = act.atMs
          for (const account of accountsOf(act)) expect(known).toContain(account)
          if ('source' in act) expect(act.source).not.toBe(act.destination)
          const most = act.suspicion === undefined ? max : max * 20
          for (const amount of amountsOf(act)) {
            expect(Number.isInteger(amount)).toBe(true)
            expect(amount).toBeGreaterThanOrEqual(act.kind === 'capture' || act.kind === 'refund' ? 1 : min)
            expect(amount).toBeLessThanOrEqual(most)
          }
        }
        expect(lastMs).toBeLessThanOrEqual(scenario.duration + LONGEST_TAIL_MS)
        expect(new Set(acts.map(({ number }) => number)).size).toBe(acts.length)
      }),
      { numRuns: 20 },
    )
  })

  it('ends every hold and every block, after they were made', () => {
    assert(
      property(scenarios, integer({ min: 0, max: 1000 }), (scenario, seed) => {
        const acts = plan(scenario, seed)
        const numbers = new Map(acts.map((act) => [act.number, act]))
        for (const act of acts) {
          if (act.after === undefined) continue
          expect(numbers.get(act.after)?.atMs).toBeLessThanOrEqual(act.atMs)
          if (act.kind === 'capture' || act.kind === 'cancel') expect(numbers.get(act.of)?.kind).toBe('hold')
          if (act.kind === 'refund') expect(numbers.get(act.of)?.kind).toBe('payment')
        }
        const blocked = acts.flatMap((act) => (act.kind === 'block' ? [act.account] : []))
        const unblocked = acts.flatMap((act) => (act.kind === 'unblock' ? [act.account] : []))
        expect(unblocked.sort()).toEqual(blocked.sort())
        const ends = acts.filter(({ kind }) => kind === 'capture' || kind === 'cancel')
        expect(ends).toHaveLength(acts.filter(({ kind }) => kind === 'hold').length)
      }),
      { numRuns: 10 },
    )
  })

  it('refunds a payment once at most', () => {
    const refunded = plan(scenarioOf({ mix: { payment: 1, refund: 1 } })).flatMap((act) =>
      act.kind === 'refund' ? [act.of] : [],
    )
    expect(refunded.length).toBeGreaterThan(100)
    expect(new Set(refunded).size).toBe(refunded.length)
  })

  it('has as many acts as its rate says, phase by phase, within four standard deviations', () => {
    const scenario = scenarioOf({
      duration: '300s',
      rate: 10,
      mix: { balance: 1 },
      phases: [
        { name: 'calm', duration: '100s' },
        { name: 'rush', duration: '100s', rate: 50 },
        { name: 'nothing', duration: '50s', rate: 0 },
      ],
    })
    const acts = plan(scenario)
    const between = (fromS: number, toS: number) =>
      acts.filter(({ atMs }) => atMs >= fromS * 1000 && atMs < toS * 1000).length
    expect(Math.abs(between(0, 100) - 1000)).toBeLessThan(4 * Math.sqrt(1000))
    expect(Math.abs(between(100, 200) - 5000)).toBeLessThan(4 * Math.sqrt(5000))
    expect(between(200, 250)).toBe(0)
    expect(Math.abs(between(250, 300) - 500)).toBeLessThan(4 * Math.sqrt(500))
  })

  it('has the acts of its mix by their weights', () => {
    const acts = plan(scenarioOf({ duration: '500s', mix: { balance: 3, statement: 1 } }))
    const statements = acts.filter(({ kind }) => kind === 'statement').length
    expect(statements / acts.length).toBeCloseTo(0.25, 1)
    expect(acts.every(({ kind }) => kind === 'balance' || kind === 'statement')).toBe(true)
  })

  it('takes early customers and hot merchants more often', () => {
    const acts = plan(
      scenarioOf({
        duration: '500s',
        mix: { payment: 1 },
        customers: { zipf: 1 },
        merchants: { hot: 0.2, traffic: 0.8 },
      }),
    )
    const toHot = acts.filter((act) => 'destination' in act && act.destination === 'merchant-0').length
    expect(toHot / acts.length).toBeCloseTo(0.8, 1)
    const by = (customer: string) => acts.filter((act) => 'source' in act && act.source === customer).length
    expect(by('customer-0')).toBeGreaterThan(4 * by('customer-20'))
  })
})

describe('a suspicious pattern', () => {
  const patternOf = (label: string, more: object = {}) => {
    const scenario = scenarioOf({ duration: '80s', rate: 0, patterns: [{ label, at: ['5s', '40s'], ...more }] })
    const [pattern] = scenario.patterns
    if (pattern === undefined) throw new Error('there is a pattern')
    const acts = plan(scenario)
    const first = acts.filter(({ atMs }) => atMs < 36_000)
    return { scenario, pattern, acts, first }
  }

  it.each(LABELS)('%s has all of its acts, from its time on, within its time', (label) => {
    const { acts, pattern } = patternOf(label)
    expect(acts).toHaveLength(2 * actsOf(pattern))
    const within = (beginMs: number) =>
      acts.filter(({ atMs }) => atMs >= beginMs && atMs <= beginMs + pattern.within + 1e-6).length
    expect(within(5000) + within(40_000)).toBe(acts.length)
    expect(new Set(acts.flatMap(({ suspicion }) => suspicion?.instance ?? []))).toEqual(
      new Set([`${label}-1-1`, `${label}-1-2`]),
    )
    const labelled = acts.filter(({ suspicion }) => suspicion?.instance === `${label}-1-1`)
    for (const { suspicion } of labelled) expect(suspicion?.acts).toBe(labelled.length)
  })

  it('velocity is one account that pays', () => {
    const { first } = patternOf('velocity', { payments: 20 })
    expect(new Set(first.map((act) => ('source' in act ? act.source : act.kind))).size).toBe(1)
  })

  it('large_amount is far above what the account paid before', () => {
    const { first, scenario } = patternOf('large_amount', { factor: 10, history: 5 })
    const [last, ...before] = first.toReversed()
    expect(last).toMatchObject({ amount: scenario.amounts.max * 10, suspicion: { label: 'large_amount' } })
    expect(before).toHaveLength(5)
    for (const act of before) expect(act).toMatchObject({ source: last && 'source' in last ? last.source : '' })
    for (const act of before) expect(act.suspicion).toBeUndefined()
  })

  it('small_then_large is small, and at last large', () => {
    const { first, scenario } = patternOf('small_then_large', { small: 5, factor: 8 })
    const amounts = first.flatMap(amountsOf)
    expect(amounts.at(-1)).toBe(scenario.amounts.max * 8)
    for (const amount of amounts.slice(0, -1)) expect(amount).toBeLessThanOrEqual(scenario.amounts.min + 100)
  })

  it('new_payees is one account that pays others, none of them twice', () => {
    const { first } = patternOf('new_payees', { payees: 30 })
    expect(new Set(first.map((act) => ('destination' in act ? act.destination : ''))).size).toBe(30)
    expect(new Set(first.map((act) => ('source' in act ? act.source : ''))).size).toBe(1)
  })

  it('card_testing is many cards on one account, the declined ones first', () => {
    const { first } = patternOf('card_testing', { cards: 20, declined_share: 0.25 })
    const cards = first.flatMap((act) => (act.kind === 'card_payment' ? [act] : []))
    expect(new Set(cards.map(({ destination }) => destination)).size).toBe(1)
    expect(new Set(cards.map(({ card }) => card)).size).toBe(20)
    expect(cards.map(({ isDeclined }) => isDeclined)).toEqual(Array.from({ length: 20 }, (_, nth) => nth < 5))
  })

  it('shared_card is one card on many accounts, and another one each time', () => {
    const { first, acts } = patternOf('shared_card', { accounts: 9 })
    const cardsOf = (some: Act[]) => new Set(some.map((act) => ('card' in act ? act.card : -1)))
    expect(new Set(first.map((act) => ('destination' in act ? act.destination : ''))).size).toBe(9)
    expect([cardsOf(first).size, cardsOf(acts).size]).toEqual([1, 2])
  })

  it('refund_abuse refunds each payment of one account to one merchant', () => {
    const { first } = patternOf('refund_abuse', { refunds: 4 })
    expect(first.map(({ kind }) => kind)).toEqual([
      'payment',
      'refund',
      'payment',
      'refund',
      'payment',
      'refund',
      'payment',
      'refund',
    ])
  })

  it('blocked_counterparty blocks, pays, and unblocks', () => {
    const { first } = patternOf('blocked_counterparty', { payments: 2 })
    expect(first.map(({ kind }) => kind)).toEqual(['block', 'payment', 'payment', 'unblock'])
    const [block, ...others] = first
    for (const act of others.slice(0, 2)) expect(act).toMatchObject({ after: block?.number })
  })

  it('is played by nobody who plays in another one', () => {
    const scenario = scenarioOf({
      rate: 0,
      patterns: [
        { label: 'velocity', at: ['1s', '2s', '3s', '4s'] },
        { label: 'blocked_counterparty', at: ['1s', '2s', '3s', '4s'] },
      ],
    })
    const players = new Map(plan(scenario).flatMap(({ suspicion: of }) => (of ? [[of.instance, of.accounts]] : [])))
    expect(players.size).toBe(8)
    expect(new Set([...players.values()].flat()).size).toBe(4 + 4 * 2)
  })
})

describe('a plan that is steered', () => {
  it('has its new rate within a quarter of a second, however slow it was', () => {
    const steering: { rate?: number } = {}
    const scenario = scenarioOf({ rate: 0.01, mix: { balance: 1 } })
    const atMs: number[] = []
    for (const step of planSteps(scenario, 1, cast, steering)) {
      if (step.atMs >= 10_000) steering.rate = 100
      if (step.act !== undefined) atMs.push(step.act.atMs)
      if (step.atMs >= 20_000) break
    }
    const later = atMs.filter((ms) => ms >= 10_000)
    expect(later[0]).toBeLessThan(10_500)
    expect(Math.abs(later.length - 1000)).toBeLessThan(4 * Math.sqrt(1000))
  })

  it('has its new mix at once', () => {
    const steering: { mix?: Scenario['mix'] } = {}
    const kinds: string[] = []
    for (const { act } of planSteps(scenarioOf({ mix: { payment: 1 } }), 1, cast, steering)) {
      if (act !== undefined) kinds.push(act.kind)
      if (kinds.length === 10) steering.mix = mixSchema.parse({ statement: 1 })
      if (kinds.length === 20) break
    }
    expect(new Set(kinds.slice(0, 10))).toEqual(new Set(['payment']))
    expect(new Set(kinds.slice(11))).toEqual(new Set(['statement']))
  })

  it('that is ended does what ends what it began, and nothing else', () => {
    const steering = { isEnding: false }
    const before: Act[] = []
    const after: Act[] = []
    const scenario = scenarioOf({ patterns: [{ label: 'blocked_counterparty', every: '2s', within: '5s' }] })
    for (const { act } of planSteps(scenario, 1, cast, steering)) {
      if (act === undefined) continue
      ;(steering.isEnding ? after : before).push(act)
      if (before.length === 200) steering.isEnding = true
    }
    expect(new Set(after.map(({ kind }) => kind))).toEqual(new Set(['capture', 'cancel', 'unblock']))
    const count = (acts: Act[], kind: string) => acts.filter((act) => act.kind === kind).length
    expect(count(after, 'unblock')).toBe(count(before, 'block') - count(before, 'unblock'))
  })
})
