/**
 * What there is one of, and how far the peak fills it: more machines do not help there. Pure. What takes over when it is
 * full is in docs/sizing.md.
 */
import type { Demand } from './demand.ts'
import { demandNamed, type Planned } from './plan-tiers.ts'
import type { PaymentFootprint } from './storage.ts'

export interface Bottleneck {
  readonly what: string
  readonly unit: 'payments/s' | 'reads/s'
  readonly neededPerS: number
  /** At the utilisation that is allowed. */
  readonly carriesPerS: number
  /** Above 1 it is full. */
  readonly share: number
}

/** @returns what is fullest first */
export function bottlenecksOf(planned: Planned, footprint: PaymentFootprint, standbys: number): Bottleneck[] {
  const { model, requirements, demand, speed } = planned
  const { primaryCores, networkBytesPerS } = requirements
  const carriedBy = (tier: string, cores: number): number =>
    (cores * demand.utilisation * 1e6) / (demandNamed(model, tier).micros * speed)
  const bytesPerS = networkBytesPerS * demand.utilisation
  const limits: [string, Bottleneck['unit'], number][] = [
    [`the primary, on ${primaryCores} cores`, 'payments/s', carriedBy('postgres primary', primaryCores)],
    [
      `the primary’s network, log to ${standbys} standby${standbys === 1 ? '' : 's'}`,
      'payments/s',
      bytesPerS / (footprint.walBytes * standbys),
    ],
    [
      'a standby’s replay, one thread',
      'payments/s',
      carriedBy('postgres replicas', 1) * demandNamed(model, 'postgres replicas').nodes,
    ],
    ['one posting worker', 'payments/s', carriedBy('payment-worker', 1)],
    ['one Redis, one thread', 'reads/s', carriedBy('redis', 1)],
  ]
  return limits
    .map(([what, unit, carriesPerS]) => bottleneck(what, unit, carriesPerS, demand))
    .toSorted((a, b) => b.share - a.share)
}

function bottleneck(what: string, unit: Bottleneck['unit'], carriesPerS: number, demand: Demand): Bottleneck {
  const neededPerS = unit === 'reads/s' ? demand.readsPerS : demand.writesPerS
  return { what, unit, neededPerS, carriesPerS, share: neededPerS / carriesPerS }
}
