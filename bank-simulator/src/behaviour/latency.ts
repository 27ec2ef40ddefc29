import { z } from 'zod'

/** Longer than any client waits. */
const MAX_LATENCY_MS = 120_000

export const latencyMsSchema = z.number().min(0).max(MAX_LATENCY_MS)

/** How long an answer takes, in milliseconds. */
export const latencySchema = z.discriminatedUnion('distribution', [
  z.strictObject({ distribution: z.literal('fixed'), value: latencyMsSchema }),
  z
    .strictObject({ distribution: z.literal('uniform'), min: latencyMsSchema, max: latencyMsSchema })
    .refine(({ min, max }) => min <= max, { error: 'min is above max', path: ['min'] }),
  /** `sigma` is the standard deviation of the logarithm: 0.5 has its 99th percentile at 3.2 times the median. */
  z.strictObject({
    distribution: z.literal('lognormal'),
    median: latencyMsSchema.min(0.001),
    sigma: z.number().min(0).max(3),
  }),
])

export type Latency = z.output<typeof latencySchema>

/** @param draws  two uniform numbers, 0 ≤ x < 1 */
export function sampleLatencyMs(latency: Latency, [first, second]: readonly [number, number]): number {
  switch (latency.distribution) {
    case 'fixed':
      return latency.value
    case 'uniform':
      return latency.min + first * (latency.max - latency.min)
    case 'lognormal': {
      // Box and Muller: two uniform numbers give a normal one.
      const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second)
      return Math.min(MAX_LATENCY_MS, latency.median * Math.exp(latency.sigma * normal))
    }
  }
}
