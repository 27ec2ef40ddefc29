/** What the acceptance bench is to reach on two cores with the bench on them. Pure. */
import { judge, type JudgedGoal } from '../common/goals.ts'
import type { WayReport } from '../common/ways.ts'
import { BATCHES, FEW, IDLE, MANY, type CommitReport } from './commit-report.ts'

const COMMITTED_PER_S = { [FEW]: 3200, [MANY]: 4200, [BATCHES]: 15_000 } as const
const DRAIN_S = 1
const IDLE_ACCEPT_P50_MS = 3
const IDLE_APPLIED_P50_MS = 15

export function acceptGoals(committing: readonly WayReport[], commits: readonly CommitReport[]): JudgedGoal[] {
  const wayOf = (name: string): WayReport | undefined => committing.find((way) => way.name === name)
  const commitOf = (name: string): CommitReport | undefined => commits.find((commit) => commit.name === name)
  const rates = ([FEW, MANY, BATCHES] as const).flatMap((name): JudgedGoal[] => {
    const [way, commit] = [wayOf(name), commitOf(name)]
    if (way === undefined || commit === undefined) return []
    return [
      judge({ what: `committed, ${name}`, unit: 'payments/s', atLeast: COMMITTED_PER_S[name] }, way.perS),
      judge({ what: `drained, ${name}`, unit: 's', atMost: DRAIN_S }, commit.drainS),
    ]
  })
  const idle = wayOf(IDLE)
  const applied = commitOf(IDLE)?.appliedP50Ms
  return [
    ...rates,
    ...(idle === undefined
      ? []
      : [judge({ what: `${IDLE}, accept p50`, unit: 'ms', atMost: IDLE_ACCEPT_P50_MS }, idle.p50Ms)]),
    ...(applied === undefined
      ? []
      : [judge({ what: `${IDLE}, accepted → applied p50`, unit: 'ms', atMost: IDLE_APPLIED_P50_MS }, applied)]),
  ]
}
