import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * A cold cache: reads that have to come from the replicas. The runner empties the cache of a local cluster once a second,
 * so that nearly every read is the first of its account; by address alone the run says that it cannot, and hardly a read
 * misses.
 *
 * Open: misses are slow, and closed users would hide it by asking less.
 */
export const misses: Profile = {
  name: 'misses',
  summary: '800 requests a second, the cache emptied once a second (of a local cluster)',
  model: 'open',
  behaviour: 'shopper',
  workload: {
    ...shoppers,
    users: 1000,
    ratePerS: 800,
    rampS: 10,
    warmUpS: 30,
    durationS: 60,
    thinkS: 0,
    mix: { balance: 6, payment: 2, statement: 3, pay: 1 },
  },
  shape: steady,
  thresholds: { failedRate: 0, readP95Ms: 60, acceptP95Ms: 60, requestsPerS: 780, appliedP95Ms: 300 },
  flushCacheEveryS: 1,
}
