/**
 * One call: attempts until there is an answer that stands, the attempts are used up, or the time is.
 *
 *     attempt ──2xx──▶ answer
 *        ├─ 408, 429, 5xx, no answer ──▶ wait: exponential, full jitter, at least Retry-After ──▶ attempt
 *        └─ any other ──▶ error
 *
 * A failure that stays is thrown as it was, not as "retries exhausted"; a deadline carries the last one as its cause.
 */
import { errorOf, NoAnswerError, UnexpectedAnswerError } from '../errors.ts'
import { signRequest } from '../crypto/sign-request.ts'
import { isProblem, type Answer } from './answer.ts'
import { Deadline } from './deadline.ts'
import { backoffMs, isRetryable, retryAfterMs, type RetryPolicy } from './retry-policy.ts'

export interface CallOptions {
  /** Ends the call at once; its reason is thrown. */
  readonly signal?: AbortSignal
  /** For the whole call, with all its attempts. */
  readonly timeoutMs?: number
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Begins with a slash; its parts are encoded. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, the same bytes at every attempt. */
  readonly body?: unknown
  /** What is answered is a file, and no JSON. */
  readonly isFile?: boolean
  /** Sent as it is, instead of a body. A signature is over an empty one. */
  readonly file?: { readonly blob: Blob; readonly type: string }
}

export interface TransportOptions {
  readonly url: string
  readonly apiKey: string
  readonly signingSecret: string | undefined
  readonly retries: RetryPolicy
  /** For one attempt. */
  readonly attemptTimeoutMs: number
  /** For a call that is given none. */
  readonly timeoutMs: number
  readonly fetch: typeof fetch
}

export class Transport {
  readonly #options: TransportOptions

  constructor(options: TransportOptions) {
    this.#options = options
  }

  /**
   * @throws PaymentClientError of the last attempt · the signal's reason
   */
  async send<T>(call: Call, { signal, timeoutMs = this.#options.timeoutMs }: CallOptions = {}): Promise<Answer<T>> {
    const deadline = new Deadline(timeoutMs, signal)
    const { retries } = this.#options
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    for (let attempt = 1; ; attempt++) {
      deadline.check()
      const outcome = await this.#attempt<T>(call, body, deadline)
      if (!('failure' in outcome)) return outcome
      const { failure, mayRetry, leastWaitMs } = outcome
      deadline.check(failure)
      if (!mayRetry || attempt >= retries.maxAttempts) throw failure
      await deadline.wait(backoffMs(retries, attempt, leastWaitMs, Math.random()), failure)
    }
  }

  async #attempt<T>(call: Call, body: string | undefined, deadline: Deadline): Promise<Answer<T> | Failed> {
    const { url, fetch, attemptTimeoutMs } = this.#options
    let response: Response
    let text = ''
    let file: Blob | undefined
    try {
      response = await fetch(url + call.path, {
        method: call.method,
        headers: await this.#headers(call, body),
        ...(body === undefined ? {} : { body }),
        ...(call.file === undefined ? {} : { body: call.file.blob }),
        // A file takes as long as it takes.
        signal: deadline.signal(call.file === undefined ? attemptTimeoutMs : Infinity),
        // A page's cookies are nothing to this API, and it sends nobody elsewhere.
        credentials: 'omit',
        redirect: 'error',
      })
      if (call.isFile === true && response.ok) file = await response.blob()
      else text = await response.text()
    } catch (cause) {
      return { failure: new NoAnswerError('no answer came', { cause }), mayRetry: true, leastWaitMs: 0 }
    }
    const { status, headers } = response
    const parsed = file ?? parseJson(text)
    if (status === 204 || (status < 300 && parsed !== undefined)) return { body: parsed as T, status, headers }
    const leastWaitMs = retryAfterMs(headers.get('retry-after'), Date.now())
    return isProblem(parsed)
      ? { failure: errorOf(parsed), mayRetry: parsed.retryable, leastWaitMs }
      : { failure: new UnexpectedAnswerError(status), mayRetry: isRetryable(status), leastWaitMs }
  }

  async #headers(call: Call, body: string | undefined): Promise<Record<string, string>> {
    const { apiKey, signingSecret } = this.#options
    return {
      authorization: `Bearer ${apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(call.file === undefined ? {} : { 'content-type': call.file.type }),
      ...(call.method === 'GET' || signingSecret === undefined
        ? {}
        : { 'x-signature': await signRequest(signingSecret, body ?? '', Math.floor(Date.now() / 1000)) }),
      ...call.headers,
    }
  }
}

interface Failed {
  readonly failure: Error
  readonly mayRetry: boolean
  readonly leastWaitMs: number
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
