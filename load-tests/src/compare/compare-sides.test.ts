import { describe, expect, it } from '@jest/globals'
import { compareFigures, compareSides } from './compare-sides.ts'
import type { Figure } from './figures.ts'
import { legendOf } from './print-comparison.ts'
import { sideOf } from './test/peak-run.ts'

const p95 = (value: number): Figure[] => [{ group: 'latency', name: 'p95', unit: 'ms', better: 'lower', value }]
const compared = (a: readonly number[], b: readonly number[]) => compareFigures(a.map(p95), b.map(p95))[0]

describe('a comparison of repeated runs', () => {
  it('lays the sides of a real run side by side, with the spread of each', () => {
    const { figures } = compareSides(sideOf('a', [2800, 2810, 2790, 2805]), sideOf('b', [2900, 2890, 2910, 2905]))
    const requests = figures.find(({ name }) => name === 'requests')
    expect(requests).toMatchObject({
      a: { spread: { median: 2802.5, min: 2790, max: 2810 } },
      b: { spread: { median: 2902.5, min: 2890, max: 2910 } },
      judgement: 'better',
    })
    expect(requests?.change).toBeCloseTo(0.0357, 3)
    expect(requests?.p).toBeCloseTo(2 / 70)
    // What did not change is no difference, however often it was measured.
    expect(figures.filter(({ judgement }) => judgement !== 'noise').map(({ name }) => name)).toEqual(['requests'])
  })

  it('knows which way is better', () => {
    expect(compared([20, 21, 22, 23], [30, 31, 32, 33])?.judgement).toBe('worse')
    expect(compared([30, 31, 32, 33], [20, 21, 22, 23])?.judgement).toBe('better')
  })

  it('takes runs that lie among each other for noise, however far the medians are apart', () => {
    expect(compared([20, 21, 90, 95], [22, 80, 96, 99])?.judgement).toBe('noise')
  })

  it('says of three and three that they lie apart, and no more', () => {
    expect(compared([20, 21, 22], [30, 31, 32])?.judgement).toBe('apart')
    expect(compared([20, 21, 31], [30, 32, 33])?.judgement).toBe('noise')
    expect(legendOf(compareSides(sideOf('a', [1, 2, 3]), sideOf('b', [4, 5, 6])))).toContain('below 0.10')
  })

  it('does not judge fewer than three runs a side', () => {
    expect(compared([20, 21], [30, 31, 32, 33])).toMatchObject({ judgement: 'too few', p: undefined })
    expect(legendOf(compareSides(sideOf('a', [1, 2]), sideOf('b', [4, 5, 6])))).toContain('Too few runs to tell')
  })

  it('has no change against nothing', () => {
    expect(compared([0, 0, 0], [1, 2, 3])?.change).toBeUndefined()
  })

  it('leaves out what one side did not measure', () => {
    expect(compareFigures([p95(1)], [[]])).toEqual([])
  })
})
