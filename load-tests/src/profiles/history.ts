import { steady } from './models.ts'
import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

/**
 * Deep statements: merchants page back through their entries by cursor, while customers go on paying them.
 *
 * Closed: who pages asks for the next page when the last one is there. Merchants of a fresh cluster have short
 * statements; a run of `peak` before gives each busy one tens of thousands of entries.
 */
export const history: Profile = {
  name: 'history',
  summary: '300 users page back through merchants’ statements by cursor, 20 pages deep',
  model: 'closed',
  behaviour: 'historian',
  workload: { ...shoppers, users: 300, rampS: 5, warmUpS: 30, durationS: 60, thinkS: 0.3 },
  shape: steady,
  thresholds: { failedRate: 0, readP95Ms: 60, acceptP95Ms: 60, appliedP95Ms: 300 },
}
