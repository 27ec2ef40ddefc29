import { ProblemError } from '../problem-error.ts'

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

/**
 * Reads `Idempotency-Key`: 1–255 visible ASCII characters. Node joins a header that came twice with a comma and a space,
 * so that it is not valid.
 *
 * @returns undefined when there is none
 * @throws ProblemError `idempotency_key_invalid` (400)
 */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header !== 'string' || !IDEMPOTENCY_KEY.test(header))
    throw new ProblemError('idempotency_key_invalid', 'Idempotency-Key must be 1 to 255 visible ASCII characters.')
  return header
}

/** @throws ProblemError `idempotency_key_missing` (400) */
export function demandIdempotencyKey(key: string | undefined): string {
  if (key === undefined)
    throw new ProblemError('idempotency_key_missing', 'A request that moves money needs an Idempotency-Key.')
  return key
}
