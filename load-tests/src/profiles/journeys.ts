import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * Whole journeys: look at the balance, pay, ask until the payment is final, read the balance back with its token.
 *
 * Closed: each step needs the answer of the one before.
 */
export const journeys: Profile = {
  name: 'journeys',
  summary: '500 users: balance, pay, poll until final, read back with the token',
  model: 'closed',
  behaviour: 'journey',
  workload: { ...shoppers, users: 500, rampS: 5, warmUpS: 30, durationS: 60 },
  shape: steady,
  thresholds: { failedRate: 0, readP95Ms: 40, acceptP95Ms: 60, appliedP95Ms: 300, journeyP95Ms: 400 },
}
