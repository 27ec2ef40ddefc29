import { shoppers } from './shoppers.ts'
import type { Profile } from './profile.ts'

/**
 * Half again as many users as the cluster is sized for, and back: it may become slow, it may not break, and afterwards
 * it is as fast as before.
 *
 * Closed: these are people at once, as in the peak. How it fares when arrivals do not wait is breakpoint's question.
 */
export const stress: Profile = {
  name: 'stress',
  summary: '3000, 4500 and again 3000 users, 1 s think time',
  model: 'closed',
  behaviour: 'shopper',
  workload: { ...shoppers, users: 4500, rampS: 15, warmUpS: 60, durationS: 120 },
  shape: ({ users, durationS }) => {
    const peak = Math.ceil((users * 2) / 3)
    const stageS = durationS / 4
    return {
      base: peak,
      stages: [
        { name: 'peak', durationS: stageS, level: peak, change: 'at once' },
        { name: 'rise', durationS: stageS, level: users, change: 'evenly' },
        { name: 'stress', durationS: stageS, level: users, change: 'at once' },
        { name: 'after', durationS: stageS, level: peak, change: 'at once' },
      ],
    }
  },
  thresholds: { failedRate: 0.001 },
}
