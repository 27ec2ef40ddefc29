import { GENERATOR } from '../usage/tiers.ts'
import type { Summary } from './summary-schema.ts'

/** CPU time in µs of all tiers but k6 for each request, whatever the request was. Pure. */
export function clusterMicros({ usage, clients }: Pick<Summary, 'usage' | 'clients'>): number | undefined {
  if (usage === undefined || clients.measured.requests === 0) return undefined
  const cpuS = usage.tiers.filter(({ tier }) => tier !== GENERATOR).reduce((sum, tier) => sum + tier.cpuS, 0)
  return (cpuS * 1e6) / clients.measured.requests
}
