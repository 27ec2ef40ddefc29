/** Why a call failed, as classes: by what the caller can do about it, and by the problem's stable code. */
import type { FieldError, Problem, ProblemCode } from '@paycluster/contracts'

/** Everything that a call throws. */
export class PaymentClientError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/**
 * No answer came: the network, or the time given. What a write did is not known then; made again with the same
 * idempotency key, it does nothing a second time.
 */
export class NoAnswerError extends PaymentClientError {}
/** The time given to the call ran out: before an answer, or before the payment was final. */
export class DeadlineError extends NoAnswerError {}
/** An answer that is none of this API: something else is at this address. */
export class UnexpectedAnswerError extends PaymentClientError {
  readonly status: number

  constructor(status: number) {
    super(`status ${status}, and no answer of the payment API`)
    this.status = status
  }
}

/** The cluster's own answer that it did not do what was asked: RFC 9457 problem details. */
export class ApiError extends PaymentClientError {
  readonly status: number
  /** Stable; a newer cluster may have codes that this client does not know. */
  readonly code: ProblemCode | (string & {})
  readonly requestId: string
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** Fields at fault. */
  readonly errors: readonly FieldError[]

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`)
    this.status = problem.status
    this.code = problem.code
    this.requestId = problem.request_id
    this.retryable = problem.retryable
    this.errors = problem.errors ?? []
  }
}

/** 400, 405, 413 …: the request as it is cannot be understood. */
export class InvalidRequestError extends ApiError {}
/** 401: no key, a wrong one, or a signature that does not hold. */
export class AuthenticationError extends ApiError {}
/** 403: the key lacks the scope. */
export class ForbiddenError extends ApiError {}
/** 404: nothing is there for this client. */
export class NotFoundError extends ApiError {}
/** 422 `validation_failed`: `errors` names the fields. */
export class ValidationError extends ApiError {}
/** 422 `idempotency_key_reused`: the key stands for another request. */
export class IdempotencyKeyReusedError extends ApiError {}
/** 409 `idempotency_in_flight`: the same key is being dealt with. */
export class IdempotencyInFlightError extends ApiError {}
/** 409: what is asked for does not go with the state that the payment is in, such as a second capture. */
export class StateConflictError extends ApiError {}
/** 429: too many requests, also after waiting as long as was asked. */
export class RateLimitedError extends ApiError {}
/** 503 `replica_lag`: no node has caught up with what this client has seen. */
export class ReplicaLagError extends ApiError {}
/** 408, 5xx: a part of the cluster is away or has too much to do. */
export class UnavailableError extends ApiError {}

type ApiErrorClass = new (problem: Problem) => ApiError

const BY_CODE: Partial<Record<string, ApiErrorClass>> = {
  validation_failed: ValidationError,
  idempotency_key_reused: IdempotencyKeyReusedError,
  idempotency_in_flight: IdempotencyInFlightError,
  replica_lag: ReplicaLagError,
} satisfies Partial<Record<ProblemCode, ApiErrorClass>>

const BY_STATUS: Partial<Record<number, ApiErrorClass>> = {
  401: AuthenticationError,
  403: ForbiddenError,
  404: NotFoundError,
  409: StateConflictError,
  408: UnavailableError,
  429: RateLimitedError,
}

/** The error of a problem, of the class that fits it best. */
export function errorOf(problem: Problem): ApiError {
  const byStatus = problem.status >= 500 ? UnavailableError : InvalidRequestError
  const Class = BY_CODE[problem.code] ?? BY_STATUS[problem.status] ?? byStatus
  return new Class(problem)
}
