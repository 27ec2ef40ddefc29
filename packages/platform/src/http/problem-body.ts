import { PROBLEMS, type Problem } from '@paycluster/contracts'
import type { ProblemError } from '../problem-error.ts'

/** The body of an error answer: what the client may know, and nothing of what lies underneath. */
export function toProblem(error: ProblemError, requestId: string): Problem {
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
