import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { KNOWN_CALIBRATION_MS, KNOWN_LAW, KNOWN_TIERS, knownCluster, REQUIREMENTS } from '../test/known-cluster.ts'
import { fitSweep, throughputWithoutGenerator } from './fit-sweep.ts'
import { usersOf } from './operational-laws.ts'
import type { Requirements } from './requirements.ts'
import { sizeCluster, type Sizing } from './size-cluster.ts'

const CLUSTER = knownCluster()
const CLUSTER_TIERS = Object.keys(KNOWN_TIERS)
  .filter((tier) => tier !== 'k6')
  .toSorted()
const size = (changes: Partial<Requirements> = {}): Sizing => sizeCluster(CLUSTER, { ...REQUIREMENTS, ...changes })
const planOf = ({ tiers }: Sizing, tier: string) => {
  const plan = tiers.find((one) => one.tier === tier)
  if (plan === undefined) throw new Error(`no plan for ${tier}`)
  return plan
}
const users = fc.integer({ min: 1, max: 300_000 })

describe('the size of a cluster', () => {
  it('comes from Little’s law: users, think time and response make the rate', () => {
    const { demand } = size()
    expect(usersOf(demand.requestsPerS, 1, demand.responseS)).toBeCloseTo(3000, 6)
    expect(demand.readsPerS / demand.writesPerS).toBeCloseTo(5, 9)
    expect(size({ thinkS: 0, responseS: 0.1 }).demand.requestsPerS).toBeCloseTo(30_000, 6)
    expect(size({ growthAYear: 0.5, years: 2 }).demand.requestsPerS).toBeCloseTo(demand.requestsPerS * 2.25, 6)
  })

  it('gives every tier the cores that its measured demand takes, and none to k6', () => {
    const sizing = size()
    expect(sizing.tiers.map(({ tier }) => tier).toSorted()).toEqual(CLUSTER_TIERS)
    const inquiry = planOf(sizing, 'inquiry-service')
    expect(inquiry.micros).toBeCloseTo(110, 4)
    expect(inquiry.cores).toBeCloseTo((110 * sizing.demand.readsPerS) / 1e6, 4)
    // Two standbys replay every payment each, as the two measured ones did.
    expect(planOf(sizing, 'postgres replicas').cores).toBeCloseTo((60 * sizing.demand.writesPerS) / 1e6, 4)
  })

  it('keeps every instance as busy as is allowed at most, with all of them and without those that may die', () => {
    fc.assert(
      fc.property(users, fc.integer({ min: 0, max: 2 }), (count, survive) => {
        const sizing = size({ users: count, survive })
        for (const { utilisation, utilisationAfterLoss } of sizing.tiers) {
          expect(utilisation).toBeLessThanOrEqual(0.6 + 1e-9)
          expect(utilisationAfterLoss).toBeLessThanOrEqual(0.8 + 1e-9)
        }
      }),
    )
  })

  it('never gets smaller with more users', () => {
    fc.assert(
      fc.property(users, users, (one, other) => {
        const [fewer, more] = [size({ users: Math.min(one, other) }), size({ users: Math.max(one, other) })]
        for (const [index, plan] of fewer.tiers.entries()) {
          expect(more.tiers[index]?.instances).toBeGreaterThanOrEqual(plan.instances)
          expect(more.tiers[index]?.coresEach).toBeGreaterThanOrEqual(plan.coresEach)
        }
        expect(more.serviceNodes).toBeGreaterThanOrEqual(fewer.serviceNodes)
        expect(more.storage.ledgerBytesAMonth).toBeGreaterThanOrEqual(fewer.storage.ledgerBytesAMonth)
      }),
    )
  })

  it('keeps a quorum, a majority and a copy when nodes die', () => {
    for (const survive of [0, 1, 2]) {
      const sizing = size({ survive, kafkaCopies: 3 })
      expect(planOf(sizing, 'postgres replicas').instances).toBe(survive + 1)
      expect(planOf(sizing, 'kafka').instances).toBeGreaterThanOrEqual(Math.max(3, 2 * survive + 1))
      expect(planOf(sizing, 'redis').instances).toBe(sizing.redisShards * (survive + 1))
    }
  })

  it('has a standby as large as the primary that it may become', () => {
    const sizing = size({ users: 100_000 })
    expect(planOf(sizing, 'postgres replicas').coresEach).toBe(planOf(sizing, 'postgres primary').coresEach)
  })

  it('is less busy where answers have to come sooner, and refuses what an idle cluster cannot do', () => {
    const idleS = 1 / KNOWN_LAW.lambda
    const sooner = size({ responseS: idleS * 1.5 })
    expect(sooner.demand.utilisation).toBeLessThan(0.6)
    expect(sooner.demand.modelResponseS).toBeLessThanOrEqual(idleS * 1.5 + 1e-9)
    expect(planOf(sooner, 'nginx').utilisation).toBeLessThanOrEqual(sooner.demand.utilisation)
    expect(() => size({ responseS: idleS / 2 })).toThrow('below 3.3 ms cannot be had')
  })

  it('scales CPU and response times by the calibration of the machines to be bought', () => {
    const twice = size({ calibrationMs: KNOWN_CALIBRATION_MS / 2 })
    expect(planOf(twice, 'payment-service').micros).toBeCloseTo(215, 4)
    expect(twice.demand.modelResponseS).toBeCloseTo(size().demand.modelResponseS / 2, 6)
  })

  it('adds up what payments leave behind', () => {
    const { storage, demand, footprint } = size({ peakToAverage: 1, retentionDays: 1, kafkaCopies: 3 })
    expect(footprint).toEqual({ ledgerBytes: 700, walBytes: 1500, kafkaBytes: 1500, ios: 0.6, commandsABatch: 20 })
    expect(storage.kafkaBytes).toBeCloseTo(demand.writesPerS * 86_400 * 1500 * 3, 0)
    expect(storage.redis.accountBytes).toBe(3000 * 2000)
    expect(storage.redis.idempotencyBytes).toBeCloseTo(demand.writesPerS * 86_400 * 500, 0)
  })

  it('names what there is one of, the fullest first', () => {
    const { bottlenecks } = size({ users: 300_000 })
    expect(bottlenecks.map(({ share }) => share)).toEqual(
      bottlenecks.map(({ share }) => share).toSorted((a, b) => b - a),
    )
    expect(bottlenecks[0]?.what).toBe('one posting worker')
    expect(bottlenecks[0]?.carriesPerS).toBeCloseTo(0.6e6 / 210, 0)
  })

  it('knows what the cluster would do without k6 beside it', () => {
    const micros = 70 + (110 + 30) * (5 / 6) + (430 + 210 + 200 + 130 + 60) / 6
    expect(throughputWithoutGenerator(fitSweep(CLUSTER), 5)).toBeCloseTo((2 * 1e6) / micros, 2)
  })
})
