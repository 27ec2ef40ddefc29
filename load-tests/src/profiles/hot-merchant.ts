import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * One merchant takes every payment: one row of the ledger that all of them change.
 *
 * Open: buyers of one sale do not wait for one another. A queue behind the row has to show as a longer way from
 * acceptance to posting, where closed users would pay less often.
 */
export const hotMerchant: Profile = {
  name: 'hot-merchant',
  summary: '1500 requests a second, every third a payment to one merchant',
  model: 'open',
  behaviour: 'shopper',
  workload: {
    ...shoppers,
    users: 1000,
    ratePerS: 1500,
    rampS: 10,
    warmUpS: 45,
    durationS: 60,
    thinkS: 0,
    mix: { balance: 1, payment: 1, statement: 0, pay: 1 },
    merchants: { merchants: 0, traffic: 1 },
  },
  shape: steady,
  thresholds: { failedRate: 0, readP95Ms: 40, acceptP95Ms: 60, requestsPerS: 1450, appliedP95Ms: 300 },
}
