import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * An ordinary day's rate for half an hour (`--duration 8h` for a night): what leaks, fills up or slows down.
 *
 * Open: a cluster that becomes slower is asked no less, so that a slow decay shows as latency and not as a lower rate.
 */
export const soak: Profile = {
  name: 'soak',
  summary: '1000 requests a second for 30 minutes',
  model: 'open',
  behaviour: 'shopper',
  workload: {
    ...shoppers,
    users: 1000,
    ratePerS: 1000,
    rampS: 10,
    warmUpS: 60,
    durationS: 1800,
    thinkS: 0,
    customers: { kind: 'zipf', exponent: 1 },
  },
  shape: steady,
  thresholds: { failedRate: 0, readP95Ms: 40, acceptP95Ms: 60, requestsPerS: 990, appliedP95Ms: 300 },
}
