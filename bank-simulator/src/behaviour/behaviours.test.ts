import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { stepSchema } from './behaviour.ts'
import { Behaviours, type PlannedBehaviour } from './behaviours.ts'
import { latencySchema, sampleLatencyMs } from './latency.ts'
import { behaviourIn, DEFAULT_MODE, modeSchema, type Mode } from './mode.ts'

const request = { idempotencyKey: 'k', reference: null }
const take = (behaviours: Behaviours, count: number): PlannedBehaviour[] =>
  Array.from({ length: count }, () => behaviours.next(request))
const MIXED: Mode = {
  ...DEFAULT_MODE,
  latency_ms: { distribution: 'lognormal', median: 30, sigma: 0.5 },
  failure: { kind: 'http_500', share: 0.2 },
  decline_share: 0.2,
  pending: { share: 0.2, settle_after_ms: 5 },
}

describe('Behaviours', () => {
  it('repeat with their seed, and differ with another one', () => {
    const run = (seed: number): PlannedBehaviour[] => {
      const behaviours = new Behaviours(seed)
      behaviours.mode = MIXED
      return take(behaviours, 50)
    }
    expect(run(1)).toEqual(run(1))
    expect(run(2)).not.toEqual(run(1))
  })

  it('give later requests the same luck, whatever the mode and the script were before', () => {
    const plain = new Behaviours(1)
    plain.mode = MIXED
    take(plain, 10)
    const other = new Behaviours(1)
    other.script.add({ steps: [{ kind: 'timeout' }] })
    take(other, 10)
    other.mode = MIXED
    expect(take(other, 20)).toEqual(take(plain, 20))
  })

  it('take the latency of a step, or of the mode', () => {
    const behaviours = new Behaviours(1)
    behaviours.script.add({ steps: [{ kind: 'settle', latency_ms: 777 }, { kind: 'settle' }] })
    expect(take(behaviours, 2).map(({ latencyMs }) => latencyMs)).toEqual([777, 20])
  })
})

describe('behaviourIn', () => {
  const never = { failure: 0.999, decline: 0.999, pending: 0.999 }

  it.each([
    [{}, never, { kind: 'settle' }],
    [{ failure: { kind: 'timeout', share: 0.5 } }, { ...never, failure: 0.49 }, { kind: 'timeout' }],
    [{ failure: { kind: 'timeout', share: 0.5 } }, { ...never, failure: 0.5 }, { kind: 'settle' }],
    [{ failure: { kind: 'http_503', share: 1, retry_after_s: 9 } }, never, { kind: 'http_503', retry_after_s: 9 }],
    [{ decline_share: 1 }, never, { kind: 'decline', reason: 'insufficient_funds' }],
    [{ pending: { share: 1, settle_after_ms: 3 } }, never, { kind: 'pending', settle_after_ms: 3 }],
    [
      { pending: { share: 1, settle_after_ms: 3 }, decline_share: 1 },
      never,
      { kind: 'pending', settle_after_ms: 3, decline_reason: 'insufficient_funds' },
    ],
  ])('%j with %j is %j', (change, draws, behaviour) => {
    expect(behaviourIn(modeSchema.parse({ ...DEFAULT_MODE, ...change }), draws)).toEqual(behaviour)
  })
})

describe('a step', () => {
  it.each([
    ['settle', { kind: 'settle' }],
    ['decline', { kind: 'decline', reason: 'insufficient_funds' }],
    ['decline:account_closed', { kind: 'decline', reason: 'account_closed' }],
    ['rate_limited', { kind: 'rate_limited', retry_after_s: 1 }],
    [
      { kind: 'http_503', retry_after_s: 0 },
      { kind: 'http_503', retry_after_s: 0 },
    ],
    ['pending', { kind: 'pending', settle_after_ms: 1000 }],
  ])('%j is %j', (step, behaviour) => {
    expect(stepSchema.parse(step)).toEqual(behaviour)
  })

  it.each([
    '',
    'down',
    'none',
    'decline:',
    'decline:Not A Word',
    'settle:now',
    { kind: 'settle', reason: 'x' },
    7,
    null,
  ])('%j is none', (step) => {
    expect(stepSchema.safeParse(step).success).toBe(false)
  })
})

describe('sampleLatencyMs', () => {
  const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const latencies = fc
    .oneof(
      fc.record({ distribution: fc.constant('fixed'), value: fc.nat(120_000) }),
      fc.record({ distribution: fc.constant('uniform'), min: fc.nat(1000), max: fc.integer({ min: 1000, max: 9000 }) }),
      fc.record({
        distribution: fc.constant('lognormal'),
        median: fc.integer({ min: 1, max: 120_000 }),
        sigma: fc.double({ min: 0, max: 3, noNaN: true }),
      }),
    )
    .map((latency) => latencySchema.parse(latency))

  it('is within its bounds, whatever is drawn', () => {
    fc.assert(
      fc.property(latencies, draw, draw, (latency, first, second) => {
        const sampled = sampleLatencyMs(latency, [first, second])
        const [min, max] = latency.distribution === 'uniform' ? [latency.min, latency.max] : [0, 120_000]
        expect(sampled).toBeGreaterThanOrEqual(min)
        expect(sampled).toBeLessThanOrEqual(max)
      }),
    )
  })

  it('of a lognormal has its median, and its spread', () => {
    const behaviours = new Behaviours(3)
    behaviours.mode = { ...DEFAULT_MODE, latency_ms: { distribution: 'lognormal', median: 100, sigma: 0.5 } }
    const sampled = take(behaviours, 10_001)
      .map(({ latencyMs }) => latencyMs)
      .sort((a, b) => a - b)
    const at = (share: number): number => sampled[Math.floor(share * sampled.length)] ?? 0
    // exp(0.5 · 2.326) = 3.2 at the 99th percentile; the seed makes the run the same each time.
    expect(at(0.5) / 100).toBeCloseTo(1, 1)
    expect(at(0.99) / 100).toBeGreaterThan(2.9)
    expect(at(0.99) / 100).toBeLessThan(3.5)
  })
})
