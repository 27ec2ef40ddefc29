/**
 * What one user was told, answer by answer, and what of it cannot be true together:
 *
 *     of an account    a version never goes back, and is not below the one that the request's token named
 *     of a payment     a final state stays what it is
 *
 * It holds, of each account that the user looks at, the newest version and the last answers, and one payment.
 */
import type { Accepted } from './evidence.ts'
import type { Offence } from './rules.ts'
import { isFinal, parseAnswer, type PaymentState } from './seen-answers.ts'

/** The answers that a breach is shown with: the last ones. */
const HISTORY_LENGTH = 160

interface SeenAccount {
  newest: number
  history: string
}

/** A payment of the user's, and what the user was told of it until the next one was accepted. */
export interface ToldPayment {
  readonly payment: Accepted
  /** A final one. */
  told: PaymentState | undefined
  /** The version that the token of the final payment's answer named, if it was sent back. */
  tokenVersion: number | undefined
  /** What the user was told of its account meanwhile, the last answers. */
  history: string
}

/** What of the answers counts for rules that look at more than one user. */
export interface SeenCounts {
  versions: number
  demands: number
  states: number
}

export class UserHistory {
  readonly #user: number
  readonly #accounts = new Map<string, SeenAccount>()
  #last: ToldPayment | undefined

  constructor(user: number) {
    this.#user = user
  }

  /** Of the accounts that the user looked at, the newest version seen and what was seen last. */
  get newest(): ReadonlyMap<string, { readonly newest: number; readonly history: string }> {
    return this.#accounts
  }

  /** @returns the payment before, of which nothing more is told */
  accept(payment: Accepted): ToldPayment | undefined {
    const before = this.close()
    this.#last = { payment, told: undefined, tokenVersion: undefined, history: '' }
    return before
  }

  /** @returns the last payment, when nothing more is told */
  close(): ToldPayment | undefined {
    const last = this.#last
    if (last !== undefined) last.history = this.#accounts.get(last.payment.source)?.history ?? ''
    this.#last = undefined
    return last
  }

  /**
   * @param seen  what the user was told since its last line, in the notation of the record
   * @param counts  takes what was applied
   */
  *see(account: string, seen: string, counts: SeenCounts): Generator<Offence> {
    const state = this.#accounts.get(account) ?? { newest: 0, history: '' }
    this.#accounts.set(account, state)
    for (const text of seen.split(' ')) {
      if (text === '') continue
      state.history = extended(state.history, text)
      const answer = parseAnswer(text)
      if (answer === undefined) yield this.#offence('unreadable', `${text} is no answer`, account, state)
      else if (answer.kind === 'state') yield* this.#seeState(answer.state, account, state, counts)
      else yield* this.#seeVersion(answer.version, answer.demanded, account, state, counts)
    }
  }

  *#seeVersion(
    version: number,
    demanded: number | undefined,
    account: string,
    state: SeenAccount,
    counts: SeenCounts,
  ): Generator<Offence> {
    counts.versions++
    if (version < state.newest)
      yield this.#offence('backwards', `version ${version} after ${state.newest}`, account, state)
    else state.newest = version
    if (demanded === undefined) return
    counts.demands++
    if (version < demanded)
      yield this.#offence('token_not_met', `version ${version} where ${demanded} was demanded`, account, state)
    // Tokens are those of the last payment that the user read: of this one, once it is final.
    if (this.#last?.told !== undefined) this.#last.tokenVersion ??= demanded
  }

  *#seeState(told: PaymentState, account: string, state: SeenAccount, counts: SeenCounts): Generator<Offence> {
    counts.states++
    if (this.#last === undefined) {
      yield this.#offence('unreadable', `p${told} of no payment`, account, state)
      return
    }
    const before = this.#last.told
    if (before !== undefined && before !== told)
      yield this.#offence('final_state_changed', `p${told} after p${before}`, account, state, this.#last.payment.id)
    else if (isFinal(told)) this.#last.told = told
  }

  #offence(rule: Offence['rule'], detail: string, account: string, state: SeenAccount, payment?: string): Offence {
    const offence = { rule, detail, user: this.#user, account, history: state.history }
    return payment === undefined ? offence : { ...offence, payment }
  }
}

/** Whole answers of the last ones. */
function extended(history: string, answer: string): string {
  const all = history === '' ? answer : `${history} ${answer}`
  return all.length <= HISTORY_LENGTH ? all : all.slice(all.indexOf(' ', all.length - HISTORY_LENGTH) + 1)
}
