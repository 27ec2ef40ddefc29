import { Webhook } from 'standardwebhooks'
import type { Clock } from '@paycluster/platform/clock'
import type { Callback } from './callback.ts'

const ANSWER_TIMEOUT_MS = 5000

/** What one try of a callback does. */
export type SendCallback = (callback: Callback, signal: AbortSignal) => Promise<void>

/**
 * Posts callbacks, signed as Standard Webhooks 1.0 has it (https://www.standardwebhooks.com): every try with its own time.
 *
 * @param secret  `whsec_…`
 * @returns a function that rejects for an answer other than 2xx, and for none within 5 s
 */
export function callbackSender(url: string, secret: string, clock: Clock): SendCallback {
  const webhook = new Webhook(secret)
  return async ({ id, body }, signal) => {
    const at = new Date(clock.now())
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': webhook.sign(id, at, body),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`the callback was answered ${response.status}`)
  }
}
