import { PROBLEMS, type FieldError, type ProblemCode } from '@paycluster/contracts'

interface ProblemOptions {
  /** Fields at fault, for a body or a query that is not valid. */
  readonly errors?: readonly FieldError[]
  /** For 429 and 503: when to try again. Defaults to 1. */
  readonly retryAfterS?: number
  /** What went wrong underneath; logged, never answered. */
  readonly cause?: unknown
}

/** The one error type of the edge: an error with a stable code that answers as problem+json. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly errors: readonly FieldError[] | undefined
  readonly retryAfterS: number | undefined

  /** @param detail  one sentence for the client: no SQL, no names of inner parts, no values of secrets */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause })
    this.name = 'ProblemError'
    this.code = code
    this.status = PROBLEMS[code].status
    this.errors = options.errors
    this.retryAfterS = options.retryAfterS ?? (this.status === 503 || this.status === 429 ? 1 : undefined)
  }
}
