/**
 * Faults that are built into a service on purpose, to prove that a load run's verdict finds them. Off, and then nothing of
 * it is on any path: a service's main.ts wraps one part when its settings name a mutation, and nothing otherwise.
 *
 *     MUTATION         its name; each service has its own
 *     MUTATION_EVERY   one of so many, 20 by default
 *     FAULTS           has to say `allowed`: a mutation left in an environment by mistake stops the start
 */
import { z } from 'zod'
import { integerSchema } from '../config.ts'

const DEFAULT_EVERY = 20

/** The settings of a service that has mutations. */
export const mutationSettings = <const Name extends string>(names: readonly [Name, ...Name[]]) => ({
  MUTATION: z
    .enum(names)
    .optional()
    .describe('a fault that a test builds in, to prove that the verdict of a load run finds it'),
  MUTATION_EVERY: integerSchema(1, 1_000_000)
    .default(DEFAULT_EVERY)
    .describe('it comes once in so many commands or reads'),
  FAULTS: z.enum(['refused', 'allowed']).default('refused').describe('whether a service that has one starts'),
})

interface MutationSettings {
  readonly MUTATION?: string | undefined
  readonly FAULTS: 'refused' | 'allowed'
}

/** A check of the whole schema: `z.object({ …mutationSettings([…]) }).check(mutationsAllowed)`. */
export const mutationsAllowed = z.superRefine<MutationSettings>(({ MUTATION, FAULTS }, context) => {
  if (MUTATION === undefined || FAULTS === 'allowed') return
  context.addIssue({
    code: 'custom',
    path: ['MUTATION'],
    message: 'breaks the ledger’s promises: only with FAULTS=allowed',
  })
})

/** Says yes once in `every` times, the last of them. */
export function oncePer(every: number): () => boolean {
  let times = 0
  return () => {
    times = (times + 1) % every
    return times === 0
  }
}
