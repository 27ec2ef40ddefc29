/** Lengths of time as rules have them: `90s`, `5m`, `1h`. */

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export const DURATION_PATTERN = /^(\d{1,6})(ms|s|m|h|d)$/

/** @returns milliseconds; undefined for what is none */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = DURATION_PATTERN.exec(text) ?? []
  return unit === undefined ? undefined : Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS]
}

/** In the largest unit that says it without a fraction: `5m`. */
export function formatDuration(ms: number): string {
  const units = Object.entries(UNITS_MS).toReversed()
  const [unit, length] = units.find(([, length]) => ms !== 0 && ms % length === 0) ?? ['s', 1_000]
  return `${ms / length}${unit}`
}
