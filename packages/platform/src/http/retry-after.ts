/** `Retry-After`: seconds or a date (RFC 9110, 10.2.3); undefined for anything else. */
export function toRetryAfterMs(text: string, nowMs: number): number | undefined {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
