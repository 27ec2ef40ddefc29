import { describe, expect, it } from '@jest/globals'
import { alternate, orderOf, ratioOf, spreadOf } from './rounds.ts'

describe('rounds', () => {
  it('run everything in each, there and back', async () => {
    const ran: string[] = []
    const contestant = (name: string) => ({
      name,
      run: (round: number) => Promise.resolve(ran.push(`${name}${round}`)),
    })
    const results = await alternate([contestant('a'), contestant('b')], 3, new AbortController().signal)
    expect(ran).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2'])
    expect(results).toEqual([
      { name: 'a', rounds: [1, 4, 5] },
      { name: 'b', rounds: [2, 3, 6] },
    ])
    expect(orderOf(3, 1)).toEqual([2, 1, 0])
  })

  it('end before the next measurement when they are to stop', async () => {
    const stop = new AbortController()
    const ran: number[] = []
    const contestant = {
      name: 'a',
      run: (round: number) => {
        stop.abort(new Error('enough'))
        return Promise.resolve(ran.push(round))
      },
    }
    await expect(alternate([contestant], 5, stop.signal)).rejects.toThrow('enough')
    expect(ran).toEqual([0])
  })
})

describe('a spread', () => {
  it('has the middle of an odd and of an even number', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 })
  })

  it('of a ratio compares a round with the same round', () => {
    // The machine was half as fast in the second round, for both.
    expect(ratioOf([1000, 500, 1200], [100, 50, 100])).toEqual({ median: 10, min: 10, max: 12 })
    expect(ratioOf([10, 20], [10])).toEqual({ median: 1, min: 1, max: 1 })
  })
})
