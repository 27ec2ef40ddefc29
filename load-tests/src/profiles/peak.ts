import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * The peak that the cluster is sized for: 3000 shoppers at once, five reads to a payment, a few merchants with nearly
 * all of the sales.
 *
 * Closed: shoppers wait for their answer and look at it for a second before they go on, so that the promise is about
 * people at once, not about an arrival rate. What happens when arrivals do not wait is breakpoint's question.
 */
export const peak: Profile = {
  name: 'peak',
  summary: '3000 users, 5 reads to 1 payment, 1 s think time',
  model: 'closed',
  behaviour: 'shopper',
  workload: { ...shoppers, users: 3000, rampS: 15, warmUpS: 70, durationS: 60 },
  shape: steady,
  thresholds: { failedRate: 0, readP95Ms: 40, acceptP95Ms: 60, requestsPerS: 2600, appliedP95Ms: 300 },
}
