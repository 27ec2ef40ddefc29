import type { Problem } from '@paycluster/contracts'

/** What came back, apart from the body itself. */
export interface Answer<T> {
  readonly body: T
  readonly status: number
  readonly headers: Headers
}

/** A problem by its form: RFC 9457 with this API's members. */
export function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false
  const { code, status, detail, request_id } = body as Partial<Record<keyof Problem, unknown>>
  return [code, detail, request_id].every((text) => typeof text === 'string') && typeof status === 'number'
}
