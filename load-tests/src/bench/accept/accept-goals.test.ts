import { describe, expect, it } from '@jest/globals'
import { reportWays } from '../common/ways.ts'
import { acceptGoals } from './accept-goals.ts'
import { commitReport, FEW, IDLE, MANY } from './commit-report.ts'

const round = (perS: number, p50Ms: number) => ({ perS, p50Ms, p95Ms: p50Ms, clientMicros: 1, micros: {} })
const ways = reportWays(
  [{ name: FEW }, { name: MANY }, { name: IDLE }],
  [
    { name: FEW, rounds: [round(3100, 20), round(3300, 18), round(3400, 18)] },
    { name: MANY, rounds: [round(4000, 90)] },
    { name: IDLE, rounds: [round(300, 2.5)] },
  ],
)

describe('the goals of acceptance', () => {
  it('are those of committed payments, not of accepted ones, with the time to drain', () => {
    const commits = [
      commitReport(FEW, [{ drainS: 0.3, appliedP50Ms: 40 }]),
      commitReport(MANY, [{ drainS: 1.4, appliedP50Ms: 90 }]),
      commitReport(IDLE, [
        { drainS: 0, appliedP50Ms: 16 },
        { drainS: 0, appliedP50Ms: undefined },
      ]),
    ]
    expect(acceptGoals(ways, commits).map(({ what, measured, isReached }) => [what, measured, isReached])).toEqual([
      ['committed, 64 clients', 3300, true],
      ['drained, 64 clients', 0.3, true],
      ['committed, 500 clients', 4000, false],
      ['drained, 500 clients', 1.4, false],
      ['one idle client, accept p50', 2.5, true],
      ['one idle client, accepted → applied p50', 16, false],
    ])
  })

  it('are not judged where the workers did not tell', () => {
    const commits = [commitReport(IDLE, [{ drainS: 0, appliedP50Ms: undefined }])]
    expect(acceptGoals(ways, commits).map(({ what }) => what)).toEqual(['one idle client, accept p50'])
  })
})
