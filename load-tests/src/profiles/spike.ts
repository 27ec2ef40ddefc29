import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/** From the calm to the crowd. */
const RISE_S = 10

/**
 * A flash sale: from 200 users to 3000 within 10 s, a minute of crowd, and calm again.
 *
 * Closed: a crowd of people who wait for their answers. They come within seconds, to connections, caches and batches that
 * are in tune with a fifteenth of them.
 */
export const spike: Profile = {
  name: 'spike',
  summary: '200 users, within 10 s 3000, and 200 again',
  model: 'closed',
  behaviour: 'shopper',
  workload: {
    ...shoppers,
    users: 3000,
    rampS: 5,
    warmUpS: 30,
    durationS: 90,
    customers: { kind: 'zipf', exponent: 1 },
  },
  shape: ({ users, durationS }) => {
    const calm = Math.ceil(users / 15)
    const riseS = Math.min(RISE_S, durationS / 4)
    const crowdS = (durationS - riseS) * 0.75
    return {
      base: calm,
      stages: [
        { name: 'rise', durationS: riseS, level: users, change: 'evenly' },
        { name: 'crowd', durationS: crowdS, level: users, change: 'at once' },
        { name: 'after', durationS: durationS - riseS - crowdS, level: calm, change: 'at once' },
      ],
    }
  },
  thresholds: { failedRate: 0, readP95Ms: 250, acceptP95Ms: 250, appliedP95Ms: 1000 },
}
