import { describe, expect, it } from '@jest/globals'
import { reportWays, type WayRound } from '../common/ways.ts'
import { HIT, IDLE } from './read-ways.ts'
import { readGoals } from './run-reads.ts'

const round = (p50Ms: number, nginx: number, service: number): WayRound => ({
  perS: 1000,
  p50Ms,
  p95Ms: 2 * p50Ms,
  clientMicros: 30,
  micros: { nginx, 'inquiry-service': service, redis: 20 },
})
const ways = (idleMs: number, serviceMicros: number) =>
  reportWays(
    [{ name: HIT }, { name: IDLE }],
    [
      { name: HIT, rounds: [round(4, 50, serviceMicros), round(4, 60, serviceMicros), round(4, 90, serviceMicros)] },
      { name: IDLE, rounds: [round(idleMs, 0, 0)] },
    ],
  )

describe('the goals of reads', () => {
  it('are the idle client’s median and the CPU of a hit in the two tiers that it passes', () => {
    expect(readGoals(ways(1.2, 80))).toMatchObject([
      { measured: 1.2, isReached: true },
      { measured: 140, isReached: true },
    ])
    expect(readGoals(ways(1.6, 100)).map(({ isReached }) => isReached)).toEqual([false, false])
  })

  it('are not judged where nobody tells CPU time', () => {
    const [hit] = reportWays([{ name: HIT }], [{ name: HIT, rounds: [{ ...round(4, 0, 0), micros: {} }] }])
    expect(readGoals(hit === undefined ? [] : [hit])).toEqual([])
  })
})
