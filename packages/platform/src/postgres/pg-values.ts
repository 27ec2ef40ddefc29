/** Values of PostgreSQL in the form in which they leave the cluster. */

/** A number when it is exact, a bigint beyond 2^53. */
export function parseInt8(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

/** `2026-11-21 05:59:13.006+00` as `2026-11-21T05:59:13.006Z`. Needs a session in UTC. */
export function parseTime(text: string): string {
  if (text.length < 22 || !text.endsWith('+00')) return text
  const fraction = text.slice(20, -3)
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
}
