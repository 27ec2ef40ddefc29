import { ProblemError } from '@paycluster/platform/problem-error'
import type { CardVault, TokenizedCard } from './card-vault.ts'

/** A cluster without a vault takes no cards. */
export class NoCardVault implements CardVault {
  tokenize(): Promise<TokenizedCard> {
    return Promise.reject(new ProblemError('unavailable', 'This cluster takes no cards: it has no vault for them.'))
  }
}
