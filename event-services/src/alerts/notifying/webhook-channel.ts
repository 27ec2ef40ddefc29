import { Webhook } from 'standardwebhooks'
import type { Clock } from '@paycluster/platform/clock'
import { toRetryAfterMs } from '@paycluster/platform/http/retry-after'
import type { Channel } from './channel.ts'
import { errorText, postJson } from './post-json.ts'

const MAX_IN_FLIGHT = 4

export interface WebhookChannelSettings {
  readonly url: string
  /** `whsec_…` */
  readonly secret: string
  readonly timeoutMs: number
}

/** A POST that is signed as Standard Webhooks 1.0 has it. The address is the operator's: it may be any. */
export function createWebhookChannel({ url, secret, timeoutMs }: WebhookChannelSettings, clock: Clock): Channel {
  const webhook = new Webhook(secret)
  return {
    name: 'webhook',
    maxInFlight: MAX_IN_FLIGHT,
    async send({ id, payload }) {
      const nowMs = clock.now()
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(nowMs / 1000)),
        'webhook-signature': webhook.sign(id, new Date(nowMs), payload),
      }
      try {
        const { status, headers: answered } = await postJson(url, payload, headers, timeoutMs)
        if (status >= 200 && status < 300) return { error: null }
        const retryAfterMs = toRetryAfterMs(answered.get('retry-after') ?? '', clock.now())
        return { error: `the webhook answered ${status}`, retryAfterMs }
      } catch (error) {
        return { error: errorText(error, timeoutMs) }
      }
    },
  }
}
