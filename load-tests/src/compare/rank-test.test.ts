import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { exactP, smallestP } from './rank-test.ts'

describe('the rank test', () => {
  it('gives what tables give for sets that lie wholly apart', () => {
    expect(smallestP(2, 2)).toBeCloseTo(1 / 3)
    expect(smallestP(3, 3)).toBeCloseTo(0.1)
    expect(smallestP(4, 4)).toBeCloseTo(2 / 70)
    expect(smallestP(5, 5)).toBeCloseTo(2 / 252)
    expect(smallestP(3, 5)).toBeCloseTo(2 / 56)
  })

  it('gives what R gives', () => {
    // wilcox.test(c(1.1, 2.2, 3.3, 4.4, 5.5), c(3.0, 4.0, 6.0, 7.0, 8.0)): W = 5, p-value = 0.1508
    expect(exactP([1.1, 2.2, 3.3, 4.4, 5.5], [3, 4, 6, 7, 8])).toBeCloseTo(0.1508, 4)
  })

  it('finds nothing in sets that are one', () => {
    expect(exactP([1, 2, 3], [1, 2, 3])).toBe(1)
    expect(exactP([7, 7, 7], [7, 7, 7])).toBe(1)
  })

  it('counts every way to divide the runs, ties and all', () => {
    const runs = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(runs, runs, (a, b) => {
        expect(exactP(a, b)).toBeCloseTo(countedP(a, b), 10)
      }),
    )
  })

  it('does not depend on the order of the sides, nor on the unit', () => {
    const runs = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(runs, runs, (a, b) => {
        expect(exactP(b, a)).toBeCloseTo(exactP(a, b), 10)
        const inOtherUnit = (values: readonly number[]) => values.map((value) => Math.log(value))
        expect(exactP(inOtherUnit(a), inOtherUnit(b))).toBeCloseTo(exactP(a, b), 10)
      }),
    )
  })
})

/** By going through all subsets, and counting pairs instead of adding ranks. */
function countedP(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b]
  const pairs = (isA: (index: number) => boolean): number => {
    const [left, right] = [all.filter((_, index) => isA(index)), all.filter((_, index) => !isA(index))]
    return left.reduce((sum, x) => sum + right.reduce((won, y) => won + (x > y ? 1 : x === y ? 0.5 : 0), 0), 0)
  }
  const middle = (a.length * b.length) / 2
  const distance = Math.abs(pairs((index) => index < a.length) - middle)
  let ways = 0
  let asFar = 0
  for (let subset = 0; subset < 2 ** all.length; subset++) {
    const isA = (index: number): boolean => (subset >> index) % 2 === 1
    if (all.filter((_, index) => isA(index)).length !== a.length) continue
    ways++
    if (Math.abs(pairs(isA) - middle) >= distance) asFar++
  }
  return asFar / ways
}
