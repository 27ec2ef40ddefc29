/**
 * Signatures of requests: `X-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<raw body>">`.
 *
 * The time is part of what is signed, so that a recorded request is worth nothing after five minutes; within them the
 * idempotency key makes a repetition harmless.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

export const SIGNATURE_HEADER = 'x-signature'
/** How far a signature's time may lie in the past or in the future. */
export const SIGNATURE_TOLERANCE_S = 300

const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/

export type SignatureProblem = 'signature_missing' | 'signature_invalid' | 'signature_expired'

/** The header's value for a body. */
export function signRequest(secret: string, body: Uint8Array | string, timeS: number): string {
  return `t=${timeS},v1=${digest(secret, String(timeS), body).toString('hex')}`
}

/**
 * What is wrong with a signature, or undefined. Compares in constant time, and the time only after the digest: an
 * attacker learns nothing about the window from a digest that does not match.
 *
 * @param header  the header as it came
 * @param body  the body's bytes as they came
 * @param nowS  seconds of the epoch
 */
export function signatureProblem(
  secret: string,
  header: string | undefined,
  body: Uint8Array,
  nowS: number,
): SignatureProblem | undefined {
  if (header === undefined) return 'signature_missing'
  const match = SIGNATURE.exec(header)
  if (match === null) return 'signature_invalid'
  const [, time = '', hex = ''] = match
  if (!timingSafeEqual(digest(secret, time, body), Buffer.from(hex, 'hex'))) return 'signature_invalid'
  return Math.abs(nowS - Number(time)) > SIGNATURE_TOLERANCE_S ? 'signature_expired' : undefined
}

const digest = (secret: string, time: string, body: Uint8Array | string): Buffer =>
  createHmac('sha256', secret).update(`${time}.`).update(body).digest()
