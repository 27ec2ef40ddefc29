/** The two models as k6's executors: https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/ */
import type { Workload } from '../workload/workload.ts'
import type { Profile, Shape, Stage } from './profile.ts'

/** For requests in flight at the end; users who think are not waited for. */
const GRACEFUL_STOP = '5s'
/** What a closed loop without pauses ever came to on two cores. */
const MAX_REQUESTS_PER_S = 5000

/** One level from the ramp to the end. */
export function steady({ users, ratePerS, durationS }: Workload): Shape {
  const level = ratePerS > 0 ? ratePerS : users
  return { base: level, stages: [{ name: 'steady', durationS, level, change: 'at once' }] }
}

/** k6's one scenario. Its own type is not used: the runner reads this file too, and needs only that it is an object. */
export function scenarioOf(profile: Profile, workload: Workload): object {
  const { rampS, warmUpS, users } = workload
  const { base, stages } = profile.shape(workload)
  const levels = [
    { duration: seconds(rampS), target: base },
    { duration: seconds(warmUpS), target: base },
    ...stages.flatMap(levelsOf),
  ]
  const common = { exec: 'act', stages: levels, gracefulStop: GRACEFUL_STOP }
  if (profile.model === 'closed')
    return { ...common, executor: 'ramping-vus', startVUs: 0, gracefulRampDown: GRACEFUL_STOP }
  return { ...common, executor: 'ramping-arrival-rate', startRate: 0, timeUnit: '1s', preAllocatedVUs: users }
}

function levelsOf({ durationS, level, change }: Stage): object[] {
  const hold = { duration: seconds(durationS), target: level }
  return change === 'evenly' ? [hold] : [{ duration: '0s', target: level }, hold]
}

/** What the model sends from the ramp to the end, at most. */
export function expectedRequests(profile: Profile, workload: Workload): number {
  const { rampS, warmUpS, thinkS } = workload
  const { base, stages } = profile.shape(workload)
  const rateAt = (level: number): number => {
    if (profile.model === 'open') return level
    return thinkS > 0 ? Math.min(MAX_REQUESTS_PER_S, level / thinkS) : MAX_REQUESTS_PER_S
  }
  return stages.reduce(
    (sum, { level, durationS }) => sum + rateAt(level) * durationS,
    rateAt(base) * (rampS / 2 + warmUpS),
  )
}

const seconds = (value: number): string => `${value}s`
