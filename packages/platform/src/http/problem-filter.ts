import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import { PROBLEMS, type Problem, type ProblemCode } from '@paycluster/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../logging.ts'
import { ProblemError } from '../problem-error.ts'

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

/** Answers every error as problem+json (RFC 9457): what the client may know, and nothing of what lies underneath. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    const problem = toProblemError(error)
    if (problem.status >= 500) {
      const level = problem.code === 'internal_error' ? 'error' : 'warn'
      this.#logger[level](
        { err: problem.cause ?? problem, code: problem.code, request_id: request.id },
        problem.message,
      )
    }
    if (problem.retryAfterS !== undefined) reply.header('retry-after', String(problem.retryAfterS))
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
    reply
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify(toBody(problem, request.id)))
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

function toBody(error: ProblemError, requestId: string): Problem {
  const { status, title, retryable } = PROBLEMS[error.code]
  const body: Problem = {
    type: 'about:blank',
    title,
    status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    retryable,
  }
  return error.errors === undefined ? body : { ...body, errors: [...error.errors] }
}
