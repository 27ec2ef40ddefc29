import { describe, expect, it } from '@jest/globals'
import { customerOf, hotMerchants, merchantOf } from './skew.ts'

const draws = Array.from({ length: 10_000 }, (_, index) => (index + 0.5) / 10_000)

describe('customers', () => {
  it('are shared evenly among the users', () => {
    const taken = Array.from({ length: 3000 }, (_, index) => customerOf(index + 1, 1000, { kind: 'uniform' }, 0))
    expect(new Set(taken).size).toBe(1000)
    expect(taken.filter((customer) => customer === 0)).toHaveLength(3)
  })

  it.each([0.8, 1, 1.2])(
    'follow Zipf with exponent %d: earlier ones are taken more often, and none is out of range',
    (exponent) => {
      const taken = draws.map((draw) => customerOf(1, 1000, { kind: 'zipf', exponent }, draw))
      const of = (customer: number) => taken.filter((one) => one === customer).length
      expect(Math.min(...taken)).toBe(0)
      expect(Math.max(...taken)).toBe(999)
      expect(of(0)).toBeGreaterThan(of(1))
      expect(of(1)).toBeGreaterThan(of(10))
    },
  )

  it('are one when there is one', () => {
    for (const draw of [0, 0.5, 0.999]) expect(customerOf(7, 1, { kind: 'zipf', exponent: 1 }, draw)).toBe(0)
  })
})

describe('merchants', () => {
  const skew = { merchants: 0.05, traffic: 0.8 }

  it('of which 5 % take 80 % of the payments', () => {
    expect(hotMerchants(100, skew)).toBe(5)
    const paid = draws.map((toHot, index) => merchantOf(100, skew, toHot, draws[(index * 7919) % draws.length] ?? 0))
    expect(paid.filter((merchant) => merchant < 5).length / paid.length).toBeCloseTo(0.8, 2)
    expect(new Set(paid).size).toBe(100)
  })

  it('are all hot when there is but one', () => {
    expect(merchantOf(1, skew, 0.99, 0.99)).toBe(0)
  })

  it('are paid evenly when none is hot', () => {
    const even = { merchants: 0, traffic: 0 }
    expect(new Set(draws.map((draw) => merchantOf(10, even, 0.5, draw))).size).toBe(10)
  })
})
