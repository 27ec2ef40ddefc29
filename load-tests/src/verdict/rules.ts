/** What a run's evidence is judged by, a name each, and how a breach of it is told. */

export const RULES = {
  unreadable: 'lines of the record cannot be read',
  backwards: 'answers went back behind an earlier one of the same user',
  token_not_met: 'answers did not reflect their consistency token',
  token_of_another_version: 'consistency tokens named another version than that of their payment',
  final_state_changed: 'answers took back a final state',
  lost: 'accepted payments have no final state',
  row_differs: 'payments are in the ledger otherwise than they were accepted',
  told_otherwise: 'payments ended otherwise than their client was told',
  ahead_of_ledger: 'accounts were seen at a version that the ledger does not have',
  posted_twice: 'payments moved money twice',
  unasked: 'payments moved money that no client of the run had asked for',
  sums: 'accounts moved otherwise than the accepted payments say',
} as const

export type Rule = keyof typeof RULES

/** One breach, and what the client had seen that makes it one. */
export interface Offence {
  readonly rule: Rule
  /** What is wrong, in one line. */
  readonly detail: string
  /** The virtual user, from 1. */
  readonly user?: number | undefined
  readonly account?: string | undefined
  readonly payment?: string | undefined
  /** What the user was told of the account up to here, oldest first, in the notation of the record. */
  readonly history?: string | undefined
}

/** Whom and what an offence is of: `user 3, acc_…, pay_…`. */
export const whereOf = ({ user, account, payment }: Offence): string =>
  [user === undefined ? undefined : `user ${user}`, account, payment].filter((part) => part !== undefined).join(', ')
