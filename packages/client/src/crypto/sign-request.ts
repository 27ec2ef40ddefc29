import { hmacSha256 } from './hmac.ts'

/**
 * The value of `X-Signature` for a key that demands it.
 *
 * @param body  as it is sent
 * @param timeS  seconds of the epoch; it is worth 300 s
 */
export async function signRequest(secret: string, body: string, timeS: number): Promise<string> {
  const digest = await hmacSha256(new TextEncoder().encode(secret), `${timeS}.${body}`)
  return `t=${timeS},v1=${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
