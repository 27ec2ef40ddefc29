import type { z } from 'zod'
import type { FieldError } from '@paycluster/contracts'
import { ProblemError } from '../problem-error.ts'

/** Enough to mend a request by; a body of 500 faulty payments does not answer with 500 kB. */
const MAX_ERRORS = 20

/**
 * The body, as its schema gives it.
 *
 * @throws ProblemError `validation_failed` (422) with an RFC 6901 pointer per field at fault
 */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new ProblemError('validation_failed', 'The body does not fit its schema.', {
    errors: toFieldErrors(parsed.error, pointer),
  })
}

/**
 * The query, as its schema gives it.
 *
 * @throws ProblemError `unknown_parameter` or `invalid_parameter` (400)
 */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const errors = toFieldErrors(parsed.error, (path) => path.join('.'))
  if (parsed.error.issues.some((issue) => issue.code === 'unrecognized_keys'))
    throw new ProblemError('unknown_parameter', 'The query has a parameter that is not known here.', { errors })
  throw new ProblemError('invalid_parameter', 'The query has a parameter that cannot be read.', { errors })
}

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function toFieldErrors(error: z.ZodError, name: (path: readonly PropertyKey[]) => string): FieldError[] {
  return error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            pointer: name([...issue.path, key]),
            code: 'unknown_field',
            detail: 'is not known',
          }))
        : [{ pointer: name(issue.path), code: issue.code, detail: issue.message }],
    )
    .slice(0, MAX_ERRORS)
}
