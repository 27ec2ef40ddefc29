/** Minutes, hours and days of UTC: each hour is sixty minutes, and each day 24 hours. */
import type { AnalyticsGranularity } from '@paycluster/contracts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

export const BUCKET_MS: Readonly<Record<AnalyticsGranularity, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
}

/** When the bucket of a time begins. @param atMs  milliseconds of the epoch, as is what is returned */
export const bucketStart = (granularity: AnalyticsGranularity, atMs: number): number =>
  Math.floor(atMs / BUCKET_MS[granularity]) * BUCKET_MS[granularity]

/** The next boundary at or after a time. */
export const bucketEnd = (granularity: AnalyticsGranularity, atMs: number): number =>
  Math.ceil(atMs / BUCKET_MS[granularity]) * BUCKET_MS[granularity]
