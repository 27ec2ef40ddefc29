import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * 3000 requests in flight all the time: what the machine can do, and whether anything fails when it can do no more.
 *
 * Closed, without think time: the load is the cluster's own speed. Latency is 3000 divided by the rate and says nothing.
 */
export const closed: Profile = {
  name: 'closed',
  summary: '3000 requests in flight, no think time: the highest rate',
  model: 'closed',
  behaviour: 'shopper',
  workload: { ...shoppers, users: 3000, rampS: 15, warmUpS: 60, durationS: 60, thinkS: 0 },
  shape: steady,
  thresholds: { failedRate: 0, requestsPerS: 4500 },
}
