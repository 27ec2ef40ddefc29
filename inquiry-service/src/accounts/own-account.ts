import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'

/**
 * Refuses an account that is not the caller's, without a lookup: whether it exists is nobody else's business.
 *
 * @throws ProblemError `not_found` (404)
 */
export function requireOwnAccount(ids: IdCodec, id: string, client: number): void {
  if (!ids.isOwnedBy('acc', id, client)) throw new ProblemError('not_found', 'There is no such account.')
}

/** The id is the caller's, and the ledger has no account of it: its creation is still in the log, or was refused. */
export const accountNotOpen = (): ProblemError => new ProblemError('not_found', 'The account is not open.')
