import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * An ordinary day: a third of the peak, some customers far busier than others.
 *
 * Closed: as in the peak, the promise is about people at once.
 */
export const average: Profile = {
  name: 'average',
  summary: '1000 users, 5 reads to 1 payment, 1 s think time',
  model: 'closed',
  behaviour: 'shopper',
  workload: {
    ...shoppers,
    users: 1000,
    rampS: 10,
    warmUpS: 60,
    durationS: 60,
    customers: { kind: 'zipf', exponent: 1 },
  },
  shape: steady,
  thresholds: { failedRate: 0, readP95Ms: 20, acceptP95Ms: 40, requestsPerS: 900, appliedP95Ms: 200 },
}
