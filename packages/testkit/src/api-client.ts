/** Calls the API as a client would, and keeps what came back: status, headers, body. */
import { randomUUID } from 'node:crypto'

export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  /** The parsed JSON; empty for a body that is empty or something else. */
  readonly body: Record<string, unknown>
  readonly text: string
}

export interface ApiRequest {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; text and bytes as they are. */
  readonly body?: unknown
}

export interface PaymentRequest {
  readonly source: string
  readonly destination: string
  readonly amount: number
  readonly currency?: string
  readonly reference?: string
  readonly [field: string]: unknown
}

const REQUEST_TIMEOUT_MS = 15_000

/** A client with one key. */
export class ApiClient {
  readonly url: string
  readonly #apiKey: string | undefined

  /** @param apiKey  undefined: requests carry none */
  constructor(url: string, apiKey?: string) {
    this.url = url
    this.#apiKey = apiKey
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.send('GET', path, { headers })
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.send('POST', path, { body, headers })
  }

  /** Pays in US dollars, with an Idempotency-Key of its own unless `headers` give one. */
  pay(payment: PaymentRequest, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.post('/v1/payments', { currency: 'USD', ...payment }, { 'idempotency-key': randomUUID(), ...headers })
  }

  /** Pays, and waits for the outcome. */
  payAndWait(payment: PaymentRequest, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.pay(payment, { prefer: 'wait=10', ...headers })
  }

  async send(method: string, path: string, { headers = {}, body }: ApiRequest): Promise<ApiAnswer> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.#apiKey === undefined ? {} : { authorization: `Bearer ${this.#apiKey}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const text = await response.text()
    // The answer to a HEAD has the type of a body that it does not have.
    const isJson = text !== '' && response.headers.get('content-type')?.includes('json') === true
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
      text,
    }
  }
}
