/** Which part of the ledger's time a run looks at. */
import { z } from 'zod'
import { DAY_MS } from '../day.ts'

/**
 * A batch takes its time when it begins, and what it records is seen when it has committed: so long before the end of one
 * window the next one begins.
 */
export const OVERLAP_MS = 60_000
/** The first run of a kind looks no further back, unless it is a full one. */
const FIRST_MS = DAY_MS

const watermarkSchema = z.object({
  until: z.iso.datetime(),
  account: z.string().nullable().optional(),
  cursor: z.string().optional(),
})

export interface Watermark {
  /** Up to when everything was looked at. */
  readonly until: string
  /** After which account the next sample begins; null: with the first. */
  readonly account?: string | null | undefined
  /** Where the next sample of the cache begins. */
  readonly cursor?: string | undefined
}

/** What a run has left; undefined for none, or for what another version has left. */
export const watermarkOf = (value: unknown): Watermark | undefined => watermarkSchema.safeParse(value).data

/** From when a run that continues looks, in milliseconds of the epoch. */
export function windowStart(watermark: Watermark | undefined, nowMs: number): number {
  return watermark === undefined ? nowMs - FIRST_MS : Date.parse(watermark.until) - OVERLAP_MS
}
