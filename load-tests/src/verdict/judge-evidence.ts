/**
 * Judges what a run's clients saw against the ledger, after all that was accepted is final.
 *
 * Of each user, in the order of its answers:
 *   - I7: of an account, no answer has an older version than one before it (`backwards`), nor than the one that the
 *     request's consistency token named (`token_not_met`); the token of a payment that succeeded names the version which
 *     it gave its payer (`token_of_another_version`, with the ledger at hand);
 *   - a final state stays what it is (`final_state_changed`).
 * Of each accepted payment:
 *   - I6: it is in the ledger, final (`lost`), between the accounts and of the amount that were accepted (`row_differs`),
 *     in the state that its client was told (`told_otherwise`). That an id has one row at most is the primary key's.
 * Of each account of the run:
 *   - the ledger has the newest version that any client saw (`ahead_of_ledger`);
 *   - I1–I5 as clients see them: it moved by the accepted payments that succeeded, entry for entry and to the unit, from
 *     before the run until after it (`posted_twice`, `unasked`, `sums`). A request whose answer was lost may have been
 *     posted or not: each such request excuses one payment like it, and their number is told.
 *
 * So a run wants its accounts for itself. Payments that another client sends to or from them meanwhile are `unasked`.
 *
 * What clients cannot see, and `npm run verify` looks at: balances against entries (I1, I2), holds, limits, cache,
 * replicas, events; and, between users, which of two answers was given first. Versions are those of one timeline: a run
 * with a failover that lost commits is judged violated, rightly.
 *
 * By address alone all of it works through the API, one request a payment and two an account. The token's own version is
 * not known there; a final state that the API tells wrongly to client and judge alike is not `told_otherwise`, but shows in
 * the accounts (`sums`); and payments of before the run are told from its own by the clocks of two machines.
 *
 * Memory: a few hundred bytes for each user and account, whatever the number of payments; 200,000 payments more when
 * accounts do not add up.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { AccountBook, type AccountState } from './account-book.ts'
import { readEvidence, type Attempt } from './evidence.ts'
import { keyOf, type LedgerView, type PostedPayment } from './ledger-view.ts'
import { OffenceBook, type RuleCount } from './offence-book.ts'
import { readBalances } from './open-ledger.ts'
import type { Offence } from './rules.ts'
import { stateOfRow } from './seen-answers.ts'
import { explain, type RunTimes, type Strays } from './stray-payments.ts'
import { UserHistory, type SeenCounts, type ToldPayment } from './user-history.ts'

/** Enough for a replica or a cache to catch up, by address alone. */
const CATCH_UP_TRIES = 25
const CATCH_UP_EVERY_MS = 200
/** Requests whose answer was lost, held to be compared. A run with more has failed for other reasons. */
const MAX_ATTEMPTS = 100_000

export interface EvidenceFiles {
  /** What k6 wrote. */
  readonly record: string
  /** Takes every offence, a line of JSON each; made only when there is one. */
  readonly violations: string
}

export interface EvidenceVerdict {
  /** The rules that were applied. */
  readonly counts: readonly RuleCount[]
  /** The first offences of each rule. */
  readonly offences: readonly Offence[]
  readonly users: number
  /** Requests whose answer was lost, or that were cut off; and how many of them were posted. */
  readonly unanswered: { readonly requests: number; readonly posted: number }
  readonly notes: readonly string[]
}

/**
 * @param before  the accounts when nothing of the run was posted
 * @throws Error when the record cannot be read or the ledger does not answer: nothing is judged then
 */
export async function judgeEvidence(
  files: EvidenceFiles,
  ledger: LedgerView,
  before: ReadonlyMap<string, AccountState>,
  times: RunTimes,
): Promise<EvidenceVerdict> {
  const book = new OffenceBook(files.violations)
  try {
    return await new EvidenceJudge(files.record, ledger, before, times, book).judge()
  } finally {
    book.close()
  }
}

class EvidenceJudge {
  readonly #record: string
  readonly #ledger: LedgerView
  readonly #before: ReadonlyMap<string, AccountState>
  readonly #times: RunTimes
  readonly #book: OffenceBook
  readonly #accounts: AccountBook
  readonly #users = new Map<number, UserHistory>()
  readonly #counts: SeenCounts = { versions: 0, demands: 0, states: 0 }
  readonly #attempts: Attempt[] = []
  #unknown = 0
  /** Payments of which nothing more is told. */
  #told: ToldPayment[] = []

  constructor(
    record: string,
    ledger: LedgerView,
    before: ReadonlyMap<string, AccountState>,
    times: RunTimes,
    book: OffenceBook,
  ) {
    this.#record = record
    this.#ledger = ledger
    this.#before = before
    this.#times = times
    this.#book = book
    this.#accounts = new AccountBook(before)
  }

  async judge(): Promise<EvidenceVerdict> {
    await this.#judgeHistories()
    const strays = await this.#judgeAccounts()
    const { versions, demands, states } = this.#counts
    this.#book.checked('backwards', versions)
    this.#book.checked('token_not_met', demands)
    this.#book.checked('final_state_changed', states)
    return {
      counts: this.#book.counts,
      offences: this.#book.kept,
      users: this.#users.size,
      unanswered: { requests: this.#unknown + this.#times.interrupted, posted: strays.unanswered },
      notes: notesOf(strays),
    }
  }

  async #judgeHistories(): Promise<void> {
    for await (const evidence of readEvidence(this.#record)) {
      if (evidence.kind === 'accepted') {
        const { user, source, seen } = evidence.payment
        this.#see(user, source, seen)
        await this.#close(this.#userOf(user).accept(evidence.payment))
      } else if (evidence.kind === 'seen') this.#see(evidence.user, evidence.account, evidence.seen)
      else if (evidence.kind === 'unreadable')
        this.#book.add({ rule: 'unreadable', detail: `line ${evidence.line} of the record` })
      else {
        this.#unknown++
        if (this.#attempts.length < MAX_ATTEMPTS) this.#attempts.push(evidence.attempt)
      }
    }
    for (const user of this.#users.values()) await this.#close(user.close())
    await this.#judgePayments()
  }

  #see(user: number, account: string, seen: string): void {
    for (const offence of this.#userOf(user).see(account, seen, this.#counts)) this.#book.add(offence)
  }

  #userOf(number: number): UserHistory {
    const user = this.#users.get(number) ?? new UserHistory(number)
    this.#users.set(number, user)
    return user
  }

  async #close(payment: ToldPayment | undefined): Promise<void> {
    if (payment === undefined) return
    this.#told.push(payment)
    if (this.#told.length >= this.#ledger.chunk) await this.#judgePayments()
  }

  async #judgePayments(): Promise<void> {
    const payments = this.#told
    this.#told = []
    if (payments.length === 0) return
    const rows = await this.#ledger.payments(payments.map(({ payment }) => payment.id))
    for (const told of payments) this.#judgePayment(told, rows.get(keyOf(told.payment.id)))
  }

  #judgePayment({ payment, told, tokenVersion, history }: ToldPayment, row: PostedPayment | undefined): void {
    const { id, source, destination, amount, user } = payment
    const add = (rule: Offence['rule'], detail: string): void => {
      this.#book.add({ rule, detail, payment: id, user, account: source, history })
    }
    this.#book.checked('lost')
    if (row === undefined) {
      add('lost', `accepted at ${new Date(payment.accepted_at_ms).toISOString()}, told ${told ?? 'nothing since'}`)
      return
    }
    this.#book.checked('row_differs')
    const isSame = row.source === keyOf(source) && row.destination === keyOf(destination) && row.amount === amount
    if (!isSame) add('row_differs', `${amount} to ${destination}, in the ledger ${row.amount} to ${row.destination}`)
    const state = stateOfRow(row.failure)
    if (told !== undefined) this.#book.checked('told_otherwise')
    if (told !== undefined && told !== state) add('told_otherwise', `told p${told}, in the ledger p${state}`)
    if (state !== 's') return
    this.#accounts.post(source, destination, amount)
    if (tokenVersion === undefined || row.sourceSeq === undefined) return
    this.#book.checked('token_of_another_version')
    if (tokenVersion !== row.sourceSeq)
      add('token_of_another_version', `version ${tokenVersion}, the payment’s is ${row.sourceSeq}`)
  }

  async #judgeAccounts(): Promise<Strays> {
    const after = await this.#balancesAfter()
    this.#judgeCeilings(after)
    this.#book.checked('sums', after.size)
    const differences = this.#accounts.differences(after)
    if (differences.length === 0) return { unanswered: 0, earlier: 0, note: undefined }
    return explain(differences, this.#record, this.#ledger, this.#before, this.#attempts, this.#times, this.#book)
  }

  /** By address alone, a read may be of the moment before. */
  async #balancesAfter(): Promise<Map<string, AccountState>> {
    const balances = await readBalances(this.#ledger, [...this.#before.keys()])
    for (let tries = 1; tries < CATCH_UP_TRIES; tries++) {
      const behind = [...balances].filter(([id, { version }]) => version < this.#accounts.expectedVersion(id))
      if (behind.length === 0) break
      await sleep(CATCH_UP_EVERY_MS)
      const again = await readBalances(
        this.#ledger,
        behind.map(([id]) => id),
      )
      for (const [id, state] of again) balances.set(id, state)
    }
    return balances
  }

  #judgeCeilings(after: ReadonlyMap<string, AccountState>): void {
    for (const [number, user] of this.#users) {
      for (const [account, { newest, history }] of user.newest) {
        const version = after.get(account)?.version
        if (version === undefined) continue
        this.#book.checked('ahead_of_ledger')
        if (newest <= version) continue
        const detail = `version ${newest} was seen, the ledger has ${version}`
        this.#book.add({ rule: 'ahead_of_ledger', detail, user: number, account, history })
      }
    }
  }
}

function notesOf({ earlier, note }: Strays): string[] {
  return [
    ...(earlier === 0 ? [] : [`${earlier} payments on these accounts were accepted before the run`]),
    ...(note === undefined ? [] : [note]),
  ]
}
