/** Times as text, ISO 8601 in UTC with milliseconds: what the API and the ledger's parameters say. */

const REMEMBERED = 256

const times = new Float64Array(REMEMBERED).fill(Number.NaN)
const texts = Array.from({ length: REMEMBERED }, () => '')

/**
 * The text of a time in milliseconds of the epoch. A batch writes the same few times over and over: the newest ones are
 * remembered, one for each value of the last eight bits.
 *
 * @throws RangeError when it is no time
 */
export function isoTime(ms: number): string {
  const slot = ms & (REMEMBERED - 1)
  if (times[slot] === ms) return texts[slot] ?? ''
  const text = new Date(ms).toISOString()
  times[slot] = ms
  texts[slot] = text
  return text
}
