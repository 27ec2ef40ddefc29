import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * One level of the sizing's sweep: so many requests in flight, for long enough to see a rate.
 *
 * Closed, without think time: concurrency is what the sweep varies, and the rate is what it finds.
 */
export const level: Profile = {
  name: 'level',
  summary: 'one level of concurrency, for seconds: what `npm run size -- measure` is made of',
  model: 'closed',
  behaviour: 'shopper',
  workload: { ...shoppers, users: 64, rampS: 2, warmUpS: 6, durationS: 12, thinkS: 0 },
  shape: steady,
  thresholds: { failedRate: 0 },
}
