import { keyIdSchema } from '@paycluster/contracts'
import { ProblemError } from '@paycluster/platform/problem-error'

/** @throws ProblemError `not_found` (404) for what is no key's id */
export function demandKeyId(id: string): void {
  if (!keyIdSchema.safeParse(id).success) throw new ProblemError('not_found', 'There is no such key.')
}
