/**
 * Why accounts moved otherwise than the accepted payments say: which entries are of no accepted payment, and which of
 * those payments the run may have asked for all the same.
 *
 *     entry of no accepted payment, or one more of one that has its own
 *       ├─ created before the run                                   somebody's of before
 *       ├─ like a request whose answer was lost                     may be either; each request excuses one payment
 *       ├─ late, and requests were cut off when the run ended       as above; each cut request excuses one
 *       ├─ source, destination and amount of an accepted one        posted twice
 *       └─ anything else                                            nobody of the run asked for it
 */
import type { AccountState, Difference, Movement } from './account-book.ts'
import { readEvidence, type Attempt } from './evidence.ts'
import { keyOf, type LedgerView, type PostedPayment } from './ledger-view.ts'
import type { OffenceBook } from './offence-book.ts'

/** Payments of the accounts in question that are held in memory, 60 MB. Of more, only the sums are told. */
const MAX_KNOWN = 200_000
const MAX_STRAYS = 10_000
/** A client that waits longer has gone: see k6/requests.ts. */
const LAST_REQUESTS_MS = 10_000

export interface RunTimes {
  /** Milliseconds of the epoch, before the accounts were first read. */
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** Turns of users that were cut off at the end: what their requests came to is not written down. */
  readonly interrupted: number
}

export interface Strays {
  /** Payments of requests whose answer was lost. */
  readonly unanswered: number
  /** Payments that were accepted before the run. */
  readonly earlier: number
  /** Undefined when all entries were looked at. */
  readonly note: string | undefined
}

interface Known {
  readonly keys: Set<string>
  /** An accepted payment by source, destination and amount. */
  readonly alike: Map<string, string>
}

interface Stray {
  readonly id: string
  readonly entries: { readonly account: string; readonly seq: number }[]
}

/**
 * @param before  the accounts when nothing of the run was posted
 * @param attempts  requests whose answer was lost
 */
export async function explain(
  differences: readonly Difference[],
  record: string,
  ledger: LedgerView,
  before: ReadonlyMap<string, AccountState>,
  attempts: readonly Attempt[],
  times: RunTimes,
  book: OffenceBook,
): Promise<Strays> {
  const accounts = new Set(differences.map(({ account }) => account))
  const known = await readKnown(record, accounts)
  if (known === undefined) {
    for (const difference of differences) book.add(sumsOffence(difference))
    return { unanswered: 0, earlier: 0, note: `more than ${MAX_KNOWN} payments to look through: entries not named` }
  }
  const strays = new Map<string, Stray>()
  for (const difference of differences) {
    const { account, got, expected } = difference
    const excess = await strayEntries(account, before.get(account)?.version ?? 0, ledger, known, strays)
    const isExplained =
      got.entries - expected.entries === excess.entries && got.amount - expected.amount === excess.amount
    if (!isExplained) book.add(sumsOffence(difference))
  }
  const excuses = new Excuses(attempts, times)
  const named = [...strays.values()].slice(0, MAX_STRAYS)
  for (let from = 0; from < named.length; from += ledger.chunk) {
    const part = named.slice(from, from + ledger.chunk)
    const rows = await ledger.payments(part.map(({ id }) => id))
    for (const stray of part) judge(stray, rows.get(keyOf(stray.id)), known, excuses, book)
  }
  const note = strays.size > MAX_STRAYS ? `${strays.size - MAX_STRAYS} more payments of nobody's not named` : undefined
  return { unanswered: excuses.unanswered, earlier: excuses.earlier, note }
}

/** Accepted payments of the accounts, or undefined when they are too many. */
async function readKnown(record: string, accounts: ReadonlySet<string>): Promise<Known | undefined> {
  const known: Known = { keys: new Set(), alike: new Map() }
  for await (const evidence of readEvidence(record)) {
    if (evidence.kind !== 'accepted') continue
    const { id, source, destination, amount } = evidence.payment
    if (!accounts.has(source) && !accounts.has(destination)) continue
    known.keys.add(keyOf(id))
    known.alike.set(likeness(keyOf(source), keyOf(destination), amount), id)
    if (known.keys.size > MAX_KNOWN) return undefined
  }
  return known
}

const likeness = (source: string, destination: string, amount: number): string => `${source} ${destination} ${amount}`

/** @returns what the stray entries of the account come to; adds them to `strays` */
async function strayEntries(
  account: string,
  above: number,
  ledger: LedgerView,
  { keys }: Known,
  strays: Map<string, Stray>,
): Promise<Movement> {
  const excess = { entries: 0, amount: 0 }
  const explained = new Set<string>()
  for await (const { seq, amount, payment } of ledger.entriesAbove(account, above)) {
    const key = keyOf(payment)
    if (keys.has(key) && !explained.has(key)) {
      explained.add(key)
      continue
    }
    excess.entries++
    excess.amount += amount
    const stray = strays.get(key) ?? { id: payment, entries: [] }
    strays.set(key, stray)
    stray.entries.push({ account, seq })
  }
  return excess
}

/** What a run may have asked for without having heard that it was accepted. */
class Excuses {
  unanswered = 0
  earlier = 0
  readonly #times: RunTimes
  readonly #attempts = new Map<string, number>()
  #cutOff: number

  constructor(attempts: readonly Attempt[], times: RunTimes) {
    this.#times = times
    this.#cutOff = times.interrupted
    for (const { source, destination, amount } of attempts) {
      const like = likeness(keyOf(source), keyOf(destination), amount)
      this.#attempts.set(like, (this.#attempts.get(like) ?? 0) + 1)
    }
  }

  takes({ source, destination, amount, createdAtMs }: PostedPayment): boolean {
    if (createdAtMs < this.#times.startedAtMs) {
      this.earlier++
      return true
    }
    const like = likeness(source, destination, amount)
    const left = this.#attempts.get(like) ?? 0
    const isCutOff = this.#cutOff > 0 && createdAtMs >= this.#times.endedAtMs - LAST_REQUESTS_MS
    if (left > 0) this.#attempts.set(like, left - 1)
    else if (isCutOff) this.#cutOff--
    else return false
    this.unanswered++
    return true
  }
}

function judge(stray: Stray, row: PostedPayment | undefined, known: Known, excuses: Excuses, book: OffenceBook): void {
  const where = stray.entries.map(({ account, seq }) => `entry ${seq} of ${account}`).join(', ')
  const payment = stray.id
  if (known.keys.has(keyOf(stray.id))) book.add({ rule: 'posted_twice', payment, detail: `once more as ${where}` })
  else if (row === undefined) book.add({ rule: 'unasked', payment, detail: `${where}, of no payment in the ledger` })
  else if (!excuses.takes(row)) {
    const alike = known.alike.get(likeness(row.source, row.destination, row.amount))
    if (alike === undefined) book.add({ rule: 'unasked', payment, detail: where })
    else book.add({ rule: 'posted_twice', payment, detail: `${where}: ${row.amount} as accepted under ${alike}` })
  }
}

const sumsOffence = ({ account, expected, got }: Difference) =>
  ({
    rule: 'sums',
    account,
    detail:
      `moved by ${got.amount} in ${got.entries} entries, ` +
      `where the accepted payments come to ${expected.amount} in ${expected.entries}`,
  }) as const
