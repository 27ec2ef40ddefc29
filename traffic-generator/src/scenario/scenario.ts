/** What a scenario is: who does what how often, when that changes, and what of it is suspicious. Every number is bounded. */
import { z } from 'zod'
import { durationSchema } from './durations.ts'
import { actsOf, MAX_SCENARIO_MS, patternSchema } from './patterns.ts'

const MIN_SCENARIO_MS = 1000
const MAX_PHASES = 20
const MAX_PATTERNS = 20
/** Acts a second of one scenario, and of a process that serves several at once. */
export const MAX_RATE = 1000
const MAX_WEIGHT = 1000
/** 100,000.00: a hundred times that is still an amount, though none that a demonstration's account has. */
const MAX_ORDINARY_AMOUNT = 10_000_000

/** What is drawn by weight; what follows from it later (a hold's capture, a block's end) has none of its own. */
export const ORDINARY_KINDS = [
  'payment',
  'hold',
  'refund',
  'deposit',
  'withdrawal',
  'card_payment',
  'batch',
  'block',
  'balance',
  'statement',
] as const
export type OrdinaryKind = (typeof ORDINARY_KINDS)[number]

const weight = z.number().min(0).max(MAX_WEIGHT).default(0)
const weights = Object.fromEntries(ORDINARY_KINDS.map((kind) => [kind, weight])) as Record<OrdinaryKind, typeof weight>
/** Acts by their weight among the sum of all: a kind that is left out does not happen. */
export const mixSchema = z
  .strictObject(weights)
  .refine((mix) => Object.values(mix).some((one) => one > 0), { error: 'has no weight above 0' })
export type Mix = Readonly<Record<OrdinaryKind, number>>

/** Acts a second, in an open model: they come whether or not earlier ones have been answered. */
export const rateSchema = z.number().min(0).max(MAX_RATE)
export const seedSchema = z.int().min(0).max(4_294_967_295)
export const lengthSchema = durationSchema(MIN_SCENARIO_MS, MAX_SCENARIO_MS)

const amountSchema = z.int().min(1).max(MAX_ORDINARY_AMOUNT)
/** Minor units: log-normal around the median, cut at the bounds; `sigma` is the deviation of the logarithm. */
const amountsSchema = z
  .strictObject({ min: amountSchema, max: amountSchema, median: amountSchema, sigma: z.number().min(0).max(3) })
  .refine(({ min, max }) => min <= max, { error: 'is above max', path: ['min'] })
  .refine(({ min, median, max }) => median >= min && median <= max, {
    error: 'is outside of min and max',
    path: ['median'],
  })

const phaseSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, { error: 'must be 1 to 40 of a-z, 0-9, -' }),
  duration: lengthSchema,
  rate: rateSchema.optional(),
  mix: mixSchema.optional(),
})
export type Phase = z.output<typeof phaseSchema>

export const SCENARIO_NAME = /^[a-z0-9-]{1,40}$/

export const scenarioSchema = z
  .strictObject({
    name: z.string().regex(SCENARIO_NAME, { error: 'must be 1 to 40 of a-z, 0-9, -' }),
    description: z.string().max(500).default(''),
    seed: seedSchema.default(1),
    duration: lengthSchema,
    rate: rateSchema,
    mix: mixSchema,
    amounts: amountsSchema.prefault({ min: 100, max: 50_000, median: 2500, sigma: 0.8 }),
    /** Zipf's exponent: 0 takes every customer equally often. */
    customers: z.strictObject({ zipf: z.number().min(0).max(3) }).default({ zipf: 0.8 }),
    /** `traffic` of the payments go to `hot` of the merchants; both are shares. */
    merchants: z
      .strictObject({ hot: z.number().min(0).max(1), traffic: z.number().min(0).max(1) })
      .default({ hot: 0.1, traffic: 0.6 }),
    /** One after the other from the start on, each with what it does not say from above. */
    phases: z.array(phaseSchema).max(MAX_PHASES).default([]),
    patterns: z.array(patternSchema).max(MAX_PATTERNS).default([]),
  })
  .superRefine(({ duration, phases, patterns, ...scenario }, context) => {
    const fault = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message })
    }
    if (phases.reduce((sum, phase) => sum + phase.duration, 0) > duration)
      fault(['phases'], 'are longer together than the scenario')
    for (const [index, { at = [], within }] of patterns.entries())
      for (const [nth, beginMs] of at.entries())
        if (beginMs + within > duration) fault(['patterns', index, 'at', nth], 'leaves no time for within')
    if (ordinaryRate({ ...scenario, phases }) <= MAX_RATE && peakRate({ ...scenario, phases, patterns }) > MAX_RATE)
      fault(['patterns'], `and the rate are more than ${MAX_RATE} acts a second together`)
  })

/** Times are in milliseconds. */
export type Scenario = z.output<typeof scenarioSchema>

/** Acts a second at most: of its busiest phase, and of its patterns. */
export const peakRate = (scenario: Pick<Scenario, 'rate' | 'phases' | 'patterns'>): number =>
  ordinaryRate(scenario) + suspiciousRate(scenario)

/** Of the busiest phase. */
export const ordinaryRate = ({ rate, phases }: Pick<Scenario, 'rate' | 'phases'>): number =>
  Math.max(rate, ...phases.map((phase) => phase.rate ?? 0))

/** Of all patterns at once, each as fast as its instances are one by one or, where they overlap, together. */
export const suspiciousRate = ({ patterns }: Pick<Scenario, 'patterns'>): number =>
  patterns.reduce((sum, pattern) => {
    const { every = Infinity, within } = pattern
    return sum + (actsOf(pattern) * 1000) / Math.min(every, within)
  }, 0)
