/** Times as people write them in a scenario: `500ms`, `90s`, `2m`, `1h`. */
import { z } from 'zod'

const MS_OF_UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
type Unit = keyof typeof MS_OF_UNIT

/** Milliseconds; undefined for text that is no time. */
function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? []
  return digits === undefined ? undefined : Math.round(Number(digits) * MS_OF_UNIT[unit as Unit])
}

/** `5000` as `5s`, for messages. */
export function formatDuration(ms: number): string {
  const unit = (['h', 'm', 's'] as const).find((one) => ms >= MS_OF_UNIT[one] && ms % MS_OF_UNIT[one] === 0) ?? 'ms'
  return `${ms / MS_OF_UNIT[unit]}${unit}`
}

/** Text such as `90s`, which becomes milliseconds within the bounds. */
export const durationSchema = (minMs: number, maxMs: number) =>
  z.string({ error: 'must be a time such as 500ms, 90s, 2m, 1h' }).transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms
    const message =
      ms === undefined
        ? 'must be a time such as 500ms, 90s, 2m, 1h'
        : `must be ${formatDuration(minMs)} to ${formatDuration(maxMs)}`
    context.issues.push({ code: 'custom', message, input: text })
    return z.NEVER
  })
