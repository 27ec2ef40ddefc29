import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * Half a minute that says whether every operation works and every measurement is there.
 *
 * Closed: twenty users in a row of requests each; nothing is learnt about capacity, so that arrivals do not matter. Every
 * body is parsed and every balance read demands its own state.
 */
export const smoke: Profile = {
  name: 'smoke',
  summary: '20 users for 15 s, every answer checked in full',
  model: 'closed',
  behaviour: 'shopper',
  workload: {
    ...shoppers,
    users: 20,
    rampS: 2,
    warmUpS: 5,
    durationS: 15,
    thinkS: 0.2,
    checkShare: 1,
    tokenShare: 1,
  },
  shape: steady,
  thresholds: { failedRate: 0, readP95Ms: 40, acceptP95Ms: 60, appliedP95Ms: 300 },
}
