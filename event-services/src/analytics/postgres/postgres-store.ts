/** Rollups in the primary's schema `analytics`. A batch is one statement: what it counts and what makes it old. */
import type { Pool } from 'pg'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { ProblemError } from '@paycluster/platform/problem-error'
import type {
  AnalyticsStore,
  CountedOccurrence,
  Figures,
  FiguresQuery,
  PartitionProgress,
  SweepBounds,
} from '../analytics-store.ts'
import { NOT_FINAL } from '../counting/occurrence.ts'

const COUNT_BATCH = { name: 'count-batch', text: loadText(import.meta.url, './count-batch.sql') }
const READ_FIGURES = { name: 'read-figures', text: loadText(import.meta.url, './read-figures.sql') }
const READ_PROGRESS = {
  name: 'read-analytics-progress',
  text: `SELECT partition, next_offset::float8 AS next_offset, (extract(epoch FROM event_at) * 1000)::float8 AS event_at_ms
         FROM analytics.progress`,
}
/** Of one statement: some tens of milliseconds. */
const SWEPT_ROWS = 5_000
const SWEEP_ROLLUPS = {
  name: 'sweep-rollups',
  text: `DELETE FROM analytics.rollups WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM analytics.rollups WHERE granularity = $1 AND at < $2 ORDER BY at LIMIT ${SWEPT_ROWS}
         ))`,
}
const SWEEP_COUNTED = {
  name: 'sweep-counted-events',
  text: `DELETE FROM analytics.counted_events WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM analytics.counted_events WHERE at < $1 ORDER BY at LIMIT ${SWEPT_ROWS}
         ))`,
}
/** SQLSTATE of a statement whose time was over. */
const CANCELED = '57014'

interface FiguresRow extends Omit<Figures, 'atMs' | 'volume' | 'succeededVolume' | 'latencies'> {
  readonly at_ms: number
  readonly volume: string
  readonly succeeded_volume: string
  readonly cells: readonly number[]
  readonly counts: readonly number[]
}

interface ProgressRow {
  readonly partition: number
  readonly next_offset: number
  readonly event_at_ms: number | null
}

export interface PostgresStorePools {
  /** To the primary, as `payments_events`. */
  readonly writing: Pool
  /** The same, with a bound on how long a statement takes. */
  readonly reading: Pool
}

export class PostgresStore implements AnalyticsStore {
  readonly #pools: PostgresStorePools

  constructor(pools: PostgresStorePools) {
    this.#pools = pools
  }

  async count(occurrences: readonly CountedOccurrence[], progress: readonly PartitionProgress[]): Promise<number> {
    const { rows } = await this.#pools.writing.query<{ fresh: number }>({
      ...COUNT_BATCH,
      values: [
        occurrences.map(({ key }) => key),
        occurrences.map(({ atMs }) => isoTime(atMs)),
        occurrences.map(({ client }) => client),
        occurrences.map(({ merchant }) => merchant),
        occurrences.map(({ kind }) => kind),
        occurrences.map(({ state }) => state),
        occurrences.map(({ currency }) => currency),
        occurrences.map(({ latencyCell }) => latencyCell),
        occurrences.map(({ volume }) => volume),
        progress.map(({ partition }) => partition),
        progress.map(({ nextOffset }) => nextOffset),
        progress.map(({ eventAtMs }) => (eventAtMs === undefined ? null : isoTime(eventAtMs))),
      ],
    })
    return rows[0]?.fresh ?? 0
  }

  async read(query: FiguresQuery): Promise<Figures[]> {
    const { granularity, fromMs, toMs, groupBy, client, merchant, kind, currency, limit } = query
    const grouped = (['client', 'merchant', 'kind', 'state'] as const).map((dimension) => groupBy.has(dimension))
    const filters = [client ?? null, merchant ?? null, kind ?? null, currency ?? null]
    const values = [granularity, isoTime(fromMs), isoTime(toMs), ...grouped, ...filters, limit]
    try {
      const { rows } = await this.#pools.reading.query<FiguresRow>({ ...READ_FIGURES, values })
      return rows.map(toFigures)
    } catch (error) {
      if ((error as { code?: unknown }).code !== CANCELED) throw error
      const detail = 'The figures take too long to add up: ask for a shorter time, or for less of it.'
      throw new ProblemError('overloaded', detail, { cause: error })
    }
  }

  async progress(): Promise<ReadonlyMap<number, Omit<PartitionProgress, 'partition'>>> {
    const { rows } = await this.#pools.reading.query<ProgressRow>(READ_PROGRESS)
    return new Map(
      rows.map(({ partition, next_offset, event_at_ms }) => [
        partition,
        { nextOffset: next_offset, eventAtMs: event_at_ms ?? undefined },
      ]),
    )
  }

  async sweep({ minutes, hours, counted }: SweepBounds): Promise<boolean> {
    const { writing } = this.#pools
    const results = [
      await writing.query({ ...SWEEP_ROLLUPS, values: ['minute', isoTime(minutes)] }),
      await writing.query({ ...SWEEP_ROLLUPS, values: ['hour', isoTime(hours)] }),
      await writing.query({ ...SWEEP_COUNTED, values: [isoTime(counted)] }),
    ]
    return results.some(({ rowCount }) => rowCount === SWEPT_ROWS)
  }

  async close(): Promise<void> {
    await Promise.all([this.#pools.writing.end(), this.#pools.reading.end()])
  }
}

/** A cell comes once. */
const toFigures = ({ at_ms, volume, succeeded_volume, cells, counts, ...figures }: FiguresRow): Figures => ({
  ...figures,
  atMs: at_ms,
  volume: BigInt(volume),
  succeededVolume: BigInt(succeeded_volume),
  latencies: new Map(
    cells.map((cell, at): [number, number] => [cell, counts[at] ?? 0]).filter(([cell]) => cell !== NOT_FINAL),
  ),
})
