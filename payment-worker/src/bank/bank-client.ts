/** The bank's HTTP API, as far as payments need it. */
import { Pool, errors } from 'undici'
import { z } from 'zod'
import type { BankRail } from '@paycluster/contracts'
import { toRetryAfterMs } from '@paycluster/platform/http/retry-after'
import type { CallResult, ClaimedTask } from './bank-task.ts'

export interface BankClientOptions {
  readonly url: string
  readonly apiKey: string
  /** For a whole request. */
  readonly timeoutMs: number
  readonly maxConnections: number
}

/** What a payment is called at the bank: its idempotency key there. */
export interface BankRequest {
  readonly key: string
  readonly task: Pick<ClaimedTask, 'rail' | 'amount' | 'currency' | 'reference' | 'cardToken'>
  /** Of a refund: the key of what it pays back. */
  readonly refundOf?: string
}

const operationSchema = z.object({
  id: z.string().max(200),
  status: z.enum(['settled', 'pending', 'declined']),
  decline_reason: z.string().max(500).nullish(),
})
const problemSchema = z.object({
  code: z.string().max(200).optional(),
  reason: z.string().max(500).optional(),
  detail: z.string().max(2000).optional(),
})

const MAX_ANSWER_BYTES = 64 * 1024
const TYPE_OF: Readonly<Record<Exclude<BankRail, 'card'>, string>> = { deposit: 'collection', withdrawal: 'payout' }
/** Of a connection that never came to be: nothing was sent. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'])

interface BankReply {
  readonly status: number
  readonly body: unknown
  readonly retryAfterMs: number | undefined
}

/** Keeps its connections, {@link BankClientOptions.maxConnections} at most. */
export class BankClient {
  readonly #pool: Pool
  readonly #options: BankClientOptions

  constructor(options: BankClientOptions) {
    this.#options = options
    this.#pool = new Pool(options.url, {
      connections: options.maxConnections,
      pipelining: 1,
      connectTimeout: options.timeoutMs,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      maxResponseSize: MAX_ANSWER_BYTES,
    })
  }

  /** Asks the bank to move money. With the same key it moves it once. Never rejects: what went wrong is in the result. */
  async move({ key, task, refundOf }: BankRequest): Promise<CallResult> {
    const { amount, currency, reference } = task
    const [path, what] = refundOf === undefined ? wayOf(task) : (['/v1/refunds', { refund_of: refundOf }] as const)
    const body = JSON.stringify({ ...what, amount, currency, reference: reference ?? undefined })
    const headers = { 'content-type': 'application/json', 'idempotency-key': key }
    return this.#ask({ method: 'POST', path, headers, body }, toMoveResult)
  }

  /** Asks the bank whether it has moved money under a key. Never rejects. */
  async find(key: string): Promise<CallResult> {
    const path = `/v1/operations?idempotency_key=${encodeURIComponent(key)}`
    return this.#ask({ method: 'GET', path, headers: {} }, toFindResult)
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #ask(
    request: { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string },
    toResult: (reply: BankReply) => CallResult,
  ): Promise<CallResult> {
    try {
      const { statusCode, headers, body } = await this.#pool.request({
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${this.#options.apiKey}` },
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      })
      const text = await body.text()
      const retryAfter = headers['retry-after']
      const retryAfterMs = typeof retryAfter === 'string' ? toRetryAfterMs(retryAfter, Date.now()) : undefined
      return toResult({ status: statusCode, body: parsed(text), retryAfterMs })
    } catch (error) {
      return resultOfError(error)
    }
  }
}

function wayOf({ rail, cardToken }: BankRequest['task']): readonly [path: string, what: object] {
  return rail === 'card' ? ['/v1/card-charges', { token: cardToken }] : ['/v1/transfers', { type: TYPE_OF[rail] }]
}

function toMoveResult({ status, body, retryAfterMs }: BankReply): CallResult {
  if (status === 200 || status === 201 || status === 202) return resultOfOperation(body)
  const { code, reason, detail } = problemSchema.safeParse(body).data ?? {}
  const what = `${status} ${code ?? detail ?? ''}`.trim()
  // 401 and 403 say that the bank does not know us: nothing of the payment.
  if (status === 429 || status === 401 || status === 403 || status === 408)
    return { kind: 'not_done', detail: what, isReached: true, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  if (status >= 400 && status < 500) return { kind: 'declined', reason: reason ?? code ?? what }
  return { kind: 'unknown', detail: what }
}

function toFindResult({ status, body }: BankReply): CallResult {
  if (status === 200) return resultOfOperation(body)
  if (status === 404) return { kind: 'not_done', detail: 'the bank has nothing under this key', isReached: true }
  return { kind: 'unknown', detail: `${status}` }
}

function resultOfOperation(body: unknown): CallResult {
  const { data } = operationSchema.safeParse(body)
  if (data === undefined) return { kind: 'unknown', detail: 'the bank’s answer cannot be read' }
  if (data.status === 'pending') return { kind: 'pending' }
  if (data.status === 'settled') return { kind: 'settled', bankId: data.id }
  return { kind: 'declined', reason: data.decline_reason ?? 'declined' }
}

function resultOfError(error: unknown): CallResult {
  const code = codeOf(error)
  const detail = code ?? (Error.isError(error) ? error.message : 'no answer')
  const isNotSent = error instanceof errors.ConnectTimeoutError || (code !== undefined && NOT_CONNECTED.has(code))
  return isNotSent ? { kind: 'not_done', detail, isReached: false } : { kind: 'unknown', detail }
}

const codeOf = (error: unknown): string | undefined =>
  Error.isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
