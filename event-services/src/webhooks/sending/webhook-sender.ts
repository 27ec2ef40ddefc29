/** Sends one message: signed as Standard Webhooks 1.0 has it, to an address that may be asked, and not for long. */
import { LRUCache } from 'lru-cache'
import { Webhook } from 'standardwebhooks'
import { Agent, buildConnector, errors } from 'undici'
import type { Clock } from '@paycluster/platform/clock'
import { toRetryAfterMs } from '@paycluster/platform/http/retry-after'
import { storableText } from '@paycluster/platform/postgres/storable-text'
import type { WebhookSecrets, SecretState } from '../endpoints/webhook-secrets.ts'
import { ForbiddenAddressError, type AddressGuard } from './address-guard.ts'

/** Of an answer's body: what is kept of it, and read at all. */
const MAX_ANSWER_BYTES = 4096
const MAX_ANSWER_HEADER_BYTES = 16_384
/** What is kept of an answer's headers. */
const MAX_KEPT_HEADERS = 32
const MAX_KEPT_HEADER_LENGTH = 512
const MAX_ERROR_LENGTH = 500
const KEEP_ALIVE_MS = 10_000
/** Origins that are connected to at once. */
const MAX_ORIGINS = 4096

export interface OutgoingMessage {
  /** `webhook-id`. */
  readonly id: string
  readonly url: string
  /** JSON. */
  readonly body: string
  readonly endpoint: SecretState
}

/** What came of one request. */
export interface SendResult {
  readonly startedAtMs: number
  readonly durationMs: number
  /** That the request was sent to; null when none was. */
  readonly address: string | null
  readonly requestHeaders: Readonly<Record<string, string>>
  /** Null when there was no answer. */
  readonly answer: SendAnswer | null
  /** Why there was none. */
  readonly error: string | null
}

export interface SendAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The beginning. */
  readonly body: string
  readonly retryAfterMs: number | undefined
}

export class WebhookSender {
  readonly #agent: Agent
  readonly #secrets: WebhookSecrets
  readonly #clock: Clock
  readonly #timeoutMs: number
  /** By origin, the address of its last connection. */
  readonly #addresses = new LRUCache<string, string>({ max: MAX_ORIGINS })

  /** @param timeoutMs  for a whole request, its connection included */
  constructor(guard: AddressGuard, secrets: WebhookSecrets, clock: Clock, timeoutMs: number) {
    this.#secrets = secrets
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    const connect = buildConnector({ timeout: timeoutMs })
    this.#agent = new Agent({
      // As many as there are requests: whoever asks bounds those. Endpoints of several clients may share an origin.
      maxOrigins: MAX_ORIGINS,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: (asked, callback) => {
        guard.addressOf(asked.hostname, asked.protocol === 'https:').then(
          (address) => {
            const origin = `${asked.protocol}//${asked.host ?? asked.hostname}`
            this.#addresses.set(origin, address)
            // The certificate is that of the name.
            connect({ ...asked, hostname: address }, (...made) => {
              if (made[0] !== null) this.#addresses.delete(origin)
              callback(...made)
            })
          },
          (error: unknown) => {
            callback(error instanceof Error ? error : new Error('cannot be connected to'), null)
          },
        )
      },
    })
  }

  /** Never rejects: what went wrong is in the result. */
  async send({ id, url, body, endpoint }: OutgoingMessage): Promise<SendResult> {
    const startedAtMs = this.#clock.now()
    const started = performance.now()
    const requestHeaders = this.#headers(id, startedAtMs, body, endpoint)
    const target = new URL(url)
    let answer: SendAnswer | null = null
    let error: string | null = null
    try {
      answer = await this.#post(target, requestHeaders, body)
    } catch (cause) {
      error = toText(cause, this.#timeoutMs)
      if (cause instanceof ForbiddenAddressError) this.#addresses.delete(target.origin)
    }
    const address = this.#addresses.get(target.origin) ?? null
    const durationMs = Math.round(performance.now() - started)
    return { startedAtMs, durationMs, address, requestHeaders, answer, error }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  #headers(id: string, nowMs: number, body: string, endpoint: SecretState): Record<string, string> {
    const at = new Date(nowMs)
    const { secret, also_signed_by } = this.#secrets.all(endpoint, nowMs)
    const signatures = [secret, ...also_signed_by.map((old) => old.secret)].map((one) =>
      new Webhook(one).sign(id, at, body),
    )
    return {
      'content-type': 'application/json',
      'user-agent': 'payment-cluster-webhooks/1',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(nowMs / 1000)),
      'webhook-signature': signatures.join(' '),
    }
  }

  async #post(target: URL, headers: Record<string, string>, body: string): Promise<SendAnswer> {
    const response = await this.#agent.request({
      origin: target.origin,
      path: target.pathname + target.search,
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(this.#timeoutMs),
    })
    return {
      status: response.statusCode,
      headers: keptHeaders(response.headers),
      body: await beginningOf(response.body),
      retryAfterMs: toRetryAfterMs(String(response.headers['retry-after'] ?? ''), this.#clock.now()),
    }
  }
}

/** Reads no more than is kept: the rest is not waited for. The status says it all: a body that breaks off is what came of it. */
async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= MAX_ANSWER_BYTES) break
    }
  } catch {
    // Of no consequence.
  }
  return storableText(Buffer.concat(chunks).toString('utf8', 0, MAX_ANSWER_BYTES), MAX_ANSWER_BYTES)
}

function keptHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).slice(0, MAX_KEPT_HEADERS)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, String(value).slice(0, MAX_KEPT_HEADER_LENGTH)] as const),
  )
}

function toText(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`
  if (error instanceof errors.ConnectTimeoutError) return `no connection within ${timeoutMs} ms`
  if (!Error.isError(error)) return 'cannot be sent'
  const message = error.message === '' && 'code' in error ? String(error.code) : error.message
  return storableText(message, MAX_ERROR_LENGTH)
}
