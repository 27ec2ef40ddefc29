import type { Card, CardDetails } from '@paycluster/contracts'

/** What stands for a card: the bank charges it, and it is of no use to anybody else. */
export interface TokenizedCard extends Card {
  readonly token: string
}

/** Keeps cards, so that nothing else in the cluster has to. */
export interface CardVault {
  /**
   * @param card  leaves this process encrypted for the vault alone
   * @param key  the same key and card give the same token
   * @throws ProblemError `unavailable` (503) when the vault does not answer · `validation_failed` (422) for a card that it
   * does not take
   */
  tokenize(card: CardDetails, key: string): Promise<TokenizedCard>
}
