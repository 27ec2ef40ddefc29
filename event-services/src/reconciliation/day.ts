/** Days of UTC, as statements have them: `2026-11-27`. */
import { isoTime } from '@paycluster/platform/iso-time'

export const DAY_MS = 86_400_000

export const dayOf = (ms: number): string => isoTime(ms).slice(0, 'YYYY-MM-DD'.length)
/** Its first moment, in milliseconds of the epoch. */
export const startOf = (day: string): number => Date.parse(`${day}T00:00:00.000Z`)
export const dayAfter = (day: string): string => dayOf(startOf(day) + DAY_MS)
