/** Counts what events tell of: each state that a payment or a refund comes to, once. */
import type { Clock } from '@paycluster/platform/clock'
import type { AnalyticsStore, CountedOccurrence, PartitionProgress } from '../analytics-store.ts'
import type { AccountDirectory } from './account-directory.ts'
import type { Occurrence } from './occurrence.ts'

export interface Tally {
  readonly counted: number
  /** Were counted before. */
  readonly repeated: number
  /** Happened so long ago that it is no longer known whether they were counted. */
  readonly tooLate: number
}

export class OccurrenceCounter {
  readonly #store: Pick<AnalyticsStore, 'count'>
  readonly #accounts: Pick<AccountDirectory, 'of'>
  readonly #clock: Clock
  readonly #horizonMs: number

  /** @param horizonMs  what happened longer ago is not counted */
  constructor(
    store: Pick<AnalyticsStore, 'count'>,
    accounts: Pick<AccountDirectory, 'of'>,
    clock: Clock,
    horizonMs: number,
  ) {
    this.#store = store
    this.#accounts = accounts
    this.#clock = clock
    this.#horizonMs = horizonMs
  }

  /** Resolves when it is durable. @throws what the store and the database throw: it may be done again */
  async count(occurrences: readonly Occurrence[], progress: readonly PartitionProgress[]): Promise<Tally> {
    const sinceMs = this.#clock.now() - this.#horizonMs
    const recent = occurrences.filter(({ atMs }) => atMs >= sinceMs)
    // An event may come twice in a batch, and a statement takes each key once.
    const distinct = [...new Map(recent.map((occurrence) => [occurrence.key, occurrence])).values()]
    const accounts = await this.#accounts.of(
      new Set(distinct.flatMap(({ maker, destination }) => [maker, destination])),
    )
    const rows = distinct.map(({ maker, destination, ...occurrence }): CountedOccurrence => ({
      ...occurrence,
      client: accounts.get(maker)?.client ?? 0,
      merchant: accounts.get(destination)?.isMerchant === true ? destination : '',
    }))
    const counted = await this.#store.count(rows, progress)
    return { counted, repeated: recent.length - counted, tooLate: occurrences.length - recent.length }
  }
}
