/** What each number of clients came to, beside rates and times of acceptance. Pure. */
import { spreadOf, type Spread } from '../common/rounds.ts'

export const FEW = '64 clients'
export const MANY = '500 clients'
export const BATCH_SIZE = 50
export const BATCHES = `batches of ${BATCH_SIZE}`
export const IDLE = 'one idle client'

/** What one round tells. */
export interface CommitAside {
  readonly drainS: number
  /** Undefined when the workers did not tell. */
  readonly appliedP50Ms: number | undefined
}

export interface CommitReport {
  readonly name: string
  /** From the last 202 to the last commit. */
  readonly drainS: Spread
  /** Medians of accepted → applied by the workers' histogram. */
  readonly appliedP50Ms: Spread | undefined
}

/** @param rounds  at least one */
export function commitReport(name: string, rounds: readonly CommitAside[]): CommitReport {
  const applied = rounds.flatMap(({ appliedP50Ms }) => appliedP50Ms ?? [])
  return {
    name,
    drainS: spreadOf(rounds.map(({ drainS }) => drainS)),
    appliedP50Ms: applied.length === 0 ? undefined : spreadOf(applied),
  }
}
