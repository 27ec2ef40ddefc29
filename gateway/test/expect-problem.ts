import { expect } from '@jest/globals'
import { PROBLEMS, problemSchema, type ProblemCode } from '@paycluster/contracts'
import type { Answer } from './send.ts'

/** The gateway's own answer for this code, with every header that belongs to it. */
export function expectProblem(answer: Answer, code: ProblemCode): void {
  expect(answer.headers['content-type']).toBe('application/problem+json')
  const problem = problemSchema.parse(JSON.parse(answer.body))
  const { status, title, retryable } = PROBLEMS[code]
  expect(problem).toMatchObject({ type: 'about:blank', status, code, title, retryable })
  expect(answer.status).toBe(status)
  expect(answer.headers['x-request-id']).toBe(problem.request_id)
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.headers['retry-after']).toBe([429, 502, 503, 504].includes(status) ? '1' : undefined)
  expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined)
}
