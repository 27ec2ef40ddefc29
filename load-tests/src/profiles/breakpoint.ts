import type { Profile } from './profile.ts'
import { shoppers } from './shoppers.ts'

const STEPS = 13
/** The first step's share of the highest rate. */
const FIRST = 0.25

/**
 * Arrivals grow step by step until one of the step's thresholds breaks: the knee is the highest rate that held.
 *
 * Open: a rate that the cluster cannot serve has to pile up, and closed users would ask less instead.
 */
export const breakpoint: Profile = {
  name: 'breakpoint',
  summary: 'arrivals from 2000 to 8000 a second, until a threshold breaks: the knee',
  model: 'open',
  behaviour: 'shopper',
  workload: { ...shoppers, users: 3000, ratePerS: 8000, rampS: 10, warmUpS: 60, durationS: STEPS * 15, thinkS: 0 },
  shape: ({ ratePerS, durationS }) => ({
    base: FIRST * ratePerS,
    stages: Array.from({ length: STEPS }, (_, step) => {
      const level = Math.round(ratePerS * (FIRST + ((1 - FIRST) * step) / (STEPS - 1)))
      return { name: `${level}/s`, durationS: durationS / STEPS, level, change: 'at once' }
    }),
  }),
  // The run goes past what the cluster can serve: its stages are judged, not the whole.
  thresholds: { failedRate: 1 },
  knee: { failedRate: 0.001, readP95Ms: 100, acceptP95Ms: 150 },
}
