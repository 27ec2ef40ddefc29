import { HttpException } from '@nestjs/common'
import { PROBLEMS, type ProblemCode } from '@paycluster/contracts'
import type { Logger } from '../logging.ts'
import { ProblemError } from '../problem-error.ts'
import { toProblem } from './problem-body.ts'

/** Errors of Fastify and Nest themselves, by status, for requests that never reach a handler. */
const CODES_BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
  503: 'unavailable',
}

/** A line costs more than the refusal: one per request would slow down a service just when it has too much to do. */
const REFUSAL_LOG_INTERVAL_MS = 1000

/** An answer to a request that failed. */
export interface ProblemAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** RFC 9457, JSON. */
  readonly body: string
}

/** Makes an answer of every error, and logs those that are ours. */
export class ProblemAnswers {
  readonly #logger: Logger
  readonly #refusals = new Map<ProblemCode, { loggedAtMs: number; since: number }>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  answerTo(error: unknown, requestId: string): ProblemAnswer {
    const problem = toProblemError(error)
    const { status, retryAfterS } = problem
    if (status >= 500) this.#log(problem, requestId)
    return {
      status,
      headers: {
        'content-type': 'application/problem+json; charset=utf-8',
        ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
        ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      },
      body: JSON.stringify(toProblem(problem, requestId)),
    }
  }

  /** Every defect with its cause; refusals, which come by the thousand when a part is away, once a second and code. */
  #log(problem: ProblemError, requestId: string): void {
    const { code, cause } = problem
    if (code === 'internal_error') {
      this.#logger.error({ err: cause ?? problem, code, request_id: requestId }, problem.message)
      return
    }
    const nowMs = performance.now()
    const refusals = this.#refusals.get(code) ?? { loggedAtMs: Number.NEGATIVE_INFINITY, since: 0 }
    this.#refusals.set(code, refusals)
    refusals.since++
    if (nowMs - refusals.loggedAtMs < REFUSAL_LOG_INTERVAL_MS) return
    this.#logger.warn({ code, count: refusals.since, request_id: requestId, err: cause }, problem.message)
    refusals.loggedAtMs = nowMs
    refusals.since = 0
  }
}

function toProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (error instanceof SyntaxError) return new ProblemError('malformed_json', 'The body is not valid JSON.')
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error)
  const code = CODES_BY_STATUS[status]
  if (code === undefined)
    return new ProblemError('internal_error', 'The request failed; it is safe to repeat.', { cause: error })
  return new ProblemError(code, `${PROBLEMS[code].title}.`)
}

/** Fastify marks the errors of its own parsing with a status. */
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' ? status : 500
}
