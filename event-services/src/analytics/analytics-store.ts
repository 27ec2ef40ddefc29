import type { AnalyticsDimension, AnalyticsGranularity, AnalyticsKind, AnalyticsState } from '@paycluster/contracts'
import type { Occurrence } from './counting/occurrence.ts'
import type { Cells } from './latency-histogram.ts'

/** An occurrence with the parties of its accounts. */
export interface CountedOccurrence extends Omit<Occurrence, 'maker' | 'destination'> {
  /** 0 where the account is none. */
  readonly client: number
  /** Empty where the destination is no merchant's account. */
  readonly merchant: string
}

/** How far a batch goes in one partition. */
export interface PartitionProgress {
  readonly partition: number
  readonly nextOffset: number
  /** Of its newest event, in milliseconds of the epoch; undefined where it had none. */
  readonly eventAtMs: number | undefined
}

export interface FiguresQuery {
  readonly granularity: AnalyticsGranularity
  /** Boundaries of buckets, in milliseconds of the epoch. */
  readonly fromMs: number
  readonly toMs: number
  /** Where `state` is not among them, final states alone are counted. */
  readonly groupBy: ReadonlySet<AnalyticsDimension>
  readonly client: number | undefined
  readonly merchant: string | undefined
  readonly kind: AnalyticsKind | undefined
  readonly currency: string | undefined
  /** Rows, at most. */
  readonly limit: number
}

/** The figures of one group and one currency in one bucket. */
export interface Figures {
  readonly atMs: number
  /** Null for what is not grouped by. */
  readonly client: number | null
  readonly merchant: string | null
  readonly kind: AnalyticsKind | null
  readonly state: AnalyticsState | null
  readonly currency: string
  readonly count: number
  readonly succeeded: number
  readonly final: number
  /** Minor units. */
  readonly volume: bigint
  readonly succeededVolume: bigint
  readonly latencies: Cells
}

/** Where rollups are kept. */
export interface AnalyticsStore {
  /**
   * Counts what was not counted before, and notes how far that goes, both or neither. Resolves when it is durable.
   *
   * @param occurrences  each key once
   * @returns how many were new
   * @throws what the store throws: it may have been done, and may be done again
   */
  count(occurrences: readonly CountedOccurrence[], progress: readonly PartitionProgress[]): Promise<number>

  /** In the order of buckets, then of groups. @throws ProblemError `overloaded` (503) · what the store throws */
  read(query: FiguresQuery): Promise<Figures[]>

  /** By partition. @throws what the store throws */
  progress(): Promise<ReadonlyMap<number, Omit<PartitionProgress, 'partition'>>>

  /**
   * Deletes some of what is kept no longer.
   *
   * @param before  by what, everything of an earlier time, in milliseconds of the epoch
   * @returns whether there may be more
   * @throws what the store throws
   */
  sweep(before: SweepBounds): Promise<boolean>

  close(): Promise<void>
}

/** Days are kept for ever. */
export interface SweepBounds {
  readonly minutes: number
  readonly hours: number
  /** What was counted: none of it is counted again, since events of before are not. */
  readonly counted: number
}
