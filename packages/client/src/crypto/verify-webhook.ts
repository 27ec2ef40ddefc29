/** Standard Webhooks 1.0 (https://www.standardwebhooks.com): whether a message is the cluster's, and fresh. */
import { PaymentClientError } from '../errors.ts'
import { hmacSha256 } from './hmac.ts'

const SECRET_PREFIX = 'whsec_'
const DEFAULT_TOLERANCE_S = 300

/** A message that must not be believed. */
export class WebhookError extends PaymentClientError {}

export interface WebhookOptions {
  /** How far the message's time may lie in the past or the future; 300 s by default. */
  readonly toleranceS?: number
  /** Seconds of the epoch. */
  readonly nowS?: number
}

/**
 * Verifies a webhook and parses it.
 *
 * @param secrets  `whsec_…`; during a rotation the old and the new one
 * @param headers  of the request
 * @param body  as it came: parsed and written again, it is another text
 * @returns the event. Its id (`webhook-id`) is the same when it is delivered again
 * @throws WebhookError
 */
export async function verifyWebhook(
  secrets: string | readonly string[],
  headers: Headers | Readonly<Record<string, string | undefined>>,
  body: string,
  { toleranceS = DEFAULT_TOLERANCE_S, nowS = Date.now() / 1000 }: WebhookOptions = {},
): Promise<unknown> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headers instanceof Headers ? headers.get(name) : headers[name],
  )
  if (!id || !timestamp || !signatures) throw new WebhookError('the headers of a webhook are missing')
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookError('webhook-timestamp is no time')
  const given = signatures.split(' ').filter((signature) => signature.startsWith('v1,'))
  if (!(await matchesAny([secrets].flat(), given, `${id}.${timestamp}.${body}`)))
    throw new WebhookError('no signature matches')
  if (Math.abs(nowS - Number(timestamp)) > toleranceS)
    throw new WebhookError('the message is too old, or of the future')
  try {
    return JSON.parse(body) as unknown
  } catch (cause) {
    throw new WebhookError('the body is not JSON', { cause })
  }
}

async function matchesAny(secrets: readonly string[], given: readonly string[], message: string): Promise<boolean> {
  let matches = false
  for (const secret of secrets) {
    const expected = `v1,${toBase64(await hmacSha256(keyOf(secret), message))}`
    for (const signature of given) matches = isSameText(signature, expected) || matches
  }
  return matches
}

/** In a time that does not tell where the two differ. */
function isSameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let at = 0; at < b.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  try {
    const text = atob(secret.replace(SECRET_PREFIX, ''))
    // With an empty one everybody could sign.
    if (text !== '') return Uint8Array.from(text, (char) => char.charCodeAt(0))
  } catch (cause) {
    throw new WebhookError('the secret is not base64', { cause })
  }
  throw new WebhookError('the secret is empty')
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
