/** What a run has found, and what is to be said of each kind. */
import type { DifferenceKind, DifferenceSeverity } from '@paycluster/contracts'

export interface Finding {
  readonly kind: DifferenceKind
  /** What it is about: with the kind it says which difference it is. */
  readonly subject: string
  /** Of the statement. */
  readonly day?: string
  /** As the API writes them. */
  readonly paymentId?: string
  readonly accountId?: string
  /** What the ledger says. */
  readonly expected?: string
  /** What the other side says. */
  readonly found?: string
}

interface Meaning {
  readonly severity: DifferenceSeverity
  readonly remedy: string
}

const ASK_BANK = 'Ask the bank what it has moved under this key'

export const MEANINGS: Readonly<Record<DifferenceKind, Meaning>> = {
  missing: {
    severity: 'critical',
    remedy: `${ASK_BANK}: if nothing, take the money back by a payment of its own; if it was later, give the next day’s statement`,
  },
  extra: {
    severity: 'critical',
    remedy:
      'Ask the bank whom this is of: nothing of the ledger has asked for it. Return it, or pay it to whom it belongs',
  },
  amount_differs: {
    severity: 'critical',
    remedy: `${ASK_BANK}; correct the one that is wrong by a payment of its own`,
  },
  currency_differs: { severity: 'critical', remedy: `${ASK_BANK}; the account can hold its own currency alone` },
  rail_differs: { severity: 'critical', remedy: `${ASK_BANK}: it has done something else than it was asked for` },
  state_differs: {
    severity: 'critical',
    remedy:
      'The bank has moved the money: replay the payment’s dead letter if it has one; a payment that has failed here is corrected by another one',
  },
  bank_id_differs: {
    severity: 'critical',
    remedy: `${ASK_BANK}: it has answered with another operation than it states, and may have moved the money twice`,
  },
  duplicate: {
    severity: 'critical',
    remedy: 'Ask the bank whether it has moved the money twice, and have it return one',
  },
  cache_differs: {
    severity: 'major',
    remedy: 'Delete the key: it is read from a replica again. Then look for who wrote it',
  },
  replica_differs: { severity: 'critical', remedy: 'Take the replica out, and build it anew from the primary' },
  replica_behind: { severity: 'minor', remedy: 'See that the replica runs and streams: npm run doctor' },
  event_missing: {
    severity: 'major',
    remedy:
      'Listeners have not been told: compare the audit log, and have the worker publish it again by reading its command again',
  },
  event_ahead: {
    severity: 'critical',
    remedy: 'Listeners were told of what the ledger does not have: commits were lost. See that the log is posted again',
  },
  log_truncated: {
    severity: 'critical',
    remedy:
      'Kafka has lost commands that are posted; before it takes new ones, move the ledger’s offset: they would be passed over',
  },
  commands_lost: {
    severity: 'critical',
    remedy:
      'Accepted commands were deleted before they were posted: find them by the idempotency keys of their clients',
  },
  unpublished: { severity: 'minor', remedy: 'See that payment-worker runs and reaches Kafka: npm run doctor' },
  published_unposted: {
    severity: 'critical',
    remedy:
      'The ledger has lost commits that were published: restart payment-worker, which reads them again from the ledger’s offset',
  },
}

/** Findings of a run, up to a bound: what is beyond it is counted, and not kept. */
export class Findings {
  readonly #max: number
  readonly #kept: Finding[] = []
  #isTruncated = false

  constructor(max: number) {
    this.#max = max
  }

  get kept(): readonly Finding[] {
    return this.#kept
  }

  get isTruncated(): boolean {
    return this.#isTruncated
  }

  /** How many more are kept. */
  get room(): number {
    return this.#max - this.#kept.length
  }

  add(...findings: readonly Finding[]): void {
    for (const finding of findings)
      if (this.room > 0) this.#kept.push(finding)
      else this.#isTruncated = true
  }

  /** There is more than was looked at. */
  truncate(): void {
    this.#isTruncated = true
  }
}
