/** Figures as the API shows them. */
import {
  MAX_ANALYTICS_ROWS,
  type AnalyticsDimension,
  type AnalyticsQuery,
  type AnalyticsRow,
} from '@paycluster/contracts'
import { isoTime } from '@paycluster/platform/iso-time'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Figures, FiguresQuery } from '../analytics-store.ts'
import { BUCKET_MS, bucketEnd, bucketStart, DAY_MS } from '../buckets.ts'
import { addCells, percentiles } from '../latency-histogram.ts'

/** A range of so many days at most, by granularity: about as many buckets as a picture shows. */
const MAX_DAYS = { minute: 1, hour: 31, day: 3_660 } as const
const SHARES = [0.5, 0.95, 0.99]
const SHARE_DIGITS = 1e6

/** @throws ProblemError `invalid_parameter` (400) for a range that is none, or too long */
export function toFiguresQuery({ granularity, from, to, group_by, ...filters }: AnalyticsQuery): FiguresQuery {
  const fromMs = bucketStart(granularity, Date.parse(from))
  const toMs = bucketEnd(granularity, Date.parse(to))
  if (Date.parse(from) >= Date.parse(to)) throw invalid('to', 'range', 'is not after `from`')
  const maxDays = MAX_DAYS[granularity]
  // Whoever asks for a day from some second on gets the minute of that as well.
  if (toMs - fromMs > maxDays * DAY_MS + BUCKET_MS[granularity])
    throw invalid('to', 'range', `is more than ${maxDays} days after \`from\`: too long for granularity ${granularity}`)
  const { client, merchant, kind, currency } = filters
  // One more than there may be.
  return {
    granularity,
    fromMs,
    toMs,
    groupBy: new Set(group_by),
    client,
    merchant,
    kind,
    currency,
    limit: MAX_ANALYTICS_ROWS + 1,
  }
}

/**
 * Rows by bucket and group, with currencies that are not grouped by put together.
 *
 * @param figures  in the order of buckets and groups
 * @throws ProblemError `invalid_parameter` (400) when there are too many
 */
export function toRows(figures: readonly Figures[], groupBy: ReadonlySet<AnalyticsDimension>): AnalyticsRow[] {
  if (figures.length > MAX_ANALYTICS_ROWS)
    throw invalid('from', 'too_many_rows', `and the rest ask for more than ${MAX_ANALYTICS_ROWS} rows`)
  const groups = Map.groupBy(figures, ({ atMs, client, merchant, kind, state, currency }) =>
    JSON.stringify([atMs, client, merchant, kind, state, groupBy.has('currency') ? currency : null]),
  )
  return [...groups.values()].map((parts) => toRow(parts, groupBy))
}

function toRow(parts: readonly Figures[], groupBy: ReadonlySet<AnalyticsDimension>): AnalyticsRow {
  const [first] = parts
  if (first === undefined) throw new Error('a group of nothing')
  const sum = (of: (part: Figures) => number): number => parts.reduce((total, part) => total + of(part), 0)
  const [count, succeeded, final] = [
    sum((part) => part.count),
    sum((part) => part.succeeded),
    sum((part) => part.final),
  ]
  const cells = new Map<number, number>()
  for (const { latencies } of parts) addCells(cells, latencies)
  const [p50 = 0, p95 = 0, p99 = 0] = percentiles(cells, SHARES) ?? []
  return {
    at: isoTime(first.atMs),
    // Members that are undefined are not written.
    client: groupBy.has('client') ? unless(0, first.client) : undefined,
    merchant: groupBy.has('merchant') ? unless('', first.merchant) : undefined,
    kind: first.kind ?? undefined,
    state: first.state ?? undefined,
    currency: groupBy.has('currency') ? first.currency : undefined,
    count,
    succeeded,
    success_share: final === 0 ? null : Math.round((succeeded / final) * SHARE_DIGITS) / SHARE_DIGITS,
    volumes: parts.map(({ currency, volume, succeededVolume }) => ({
      currency,
      amount: String(volume),
      succeeded: String(succeededVolume),
    })),
    latency_ms: cells.size === 0 ? null : { p50, p95, p99 },
  }
}

const unless = <T>(nothing: T, value: T | null): T | null => (value === nothing ? null : value)

const invalid = (pointer: string, code: string, detail: string): ProblemError =>
  new ProblemError('invalid_parameter', `\`${pointer}\` ${detail}.`, { errors: [{ pointer, code, detail }] })
