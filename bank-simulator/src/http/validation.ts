import type { z } from 'zod'
import { BankProblem } from './bank-problem.ts'

const MAX_ERRORS = 20

/** @throws BankProblem `validation_failed` (422) that names each field at fault by its RFC 6901 pointer */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.slice(0, MAX_ERRORS).map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: message,
  }))
  throw new BankProblem('validation_failed', 'The body does not fit its schema.', { members: { errors } })
}

/** @throws BankProblem `invalid_parameter` (400) */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues
    .slice(0, MAX_ERRORS)
    .map(({ path, message }) => ({ parameter: path.join('.'), detail: message }))
  throw new BankProblem('invalid_parameter', 'The query cannot be read.', { members: { errors } })
}
