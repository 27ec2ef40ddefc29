/** The statements of clients' terms within a batch's transaction. */
import type { ClientTerms } from '@paycluster/contracts'
import { loadText } from '@paycluster/platform/load-text'
import { plainArray } from '../array-literal.ts'
import type { Row } from '../ledger-rows.ts'
import { together, type LedgerTransaction } from '../ledger-transaction.ts'
import type { Uuid } from '../ledger-state.ts'
import { dayOf } from '../limits/spending.ts'
import type { ClientSpending } from './client-spending.ts'
import type { ClientLimitState, TermsState } from './term-state.ts'

const sql = (name: string): { name: string; text: string } => ({
  name,
  text: loadText(import.meta.url, `./${name}.sql`),
})

const READ_TERMS = sql('read-terms')
const LOCK_CLIENT_LIMITS = sql('lock-client-limits')
const SPEND_CLIENT_LIMITS = sql('spend-client-limits')
const SET_TERMS = sql('set-terms')
const SET_CLIENT_LIMITS = sql('set-client-limits')

/**
 * The terms of clients, and of the owners of accounts.
 *
 * @param lock  take the locks on the clients' limits first, behind those of balances
 */
export async function readTerms(
  transaction: LedgerTransaction,
  clients: readonly number[],
  accounts: readonly Uuid[] = [],
  lock = false,
): Promise<TermsState> {
  const named = plainArray(clients)
  const [, rows] = await together([
    lock ? transaction.run(LOCK_CLIENT_LIMITS, [named]) : NO_ROWS,
    transaction.run(READ_TERMS, [named, plainArray(accounts)]),
  ])
  return toState(rows)
}

const NO_ROWS = Promise.resolve<Row[]>([])

/** @returns whether nobody else has spent anything under these limits meanwhile */
export async function spendClientLimits(
  transaction: LedgerTransaction,
  spending: readonly ClientSpending[],
  atMs: number,
): Promise<boolean> {
  const rows = await transaction.run(SPEND_CLIENT_LIMITS, [
    plainArray(spending.map(({ client }) => client)),
    plainArray(spending.map(({ currency }) => currency)),
    plainArray(spending.map(({ spent }) => spent)),
    plainArray(spending.map(({ before }) => before)),
    dayOf(atMs),
  ])
  return rows.length === spending.length
}

/** @param terms  each client once. One partition has all changes of them, whose offset is locked. */
export async function writeTerms(transaction: LedgerTransaction, terms: readonly ClientTerms[]): Promise<void> {
  const limits = terms.flatMap(({ client, limits: its }) => its.map((limit) => ({ client, ...limit })))
  const clients = plainArray(terms.map(({ client }) => client))
  await together([
    transaction.run(SET_TERMS, [
      clients,
      plainArray(terms.map(({ commissions }) => commissions.deposit)),
      plainArray(terms.map(({ commissions }) => commissions.withdrawal)),
      plainArray(terms.map(({ commissions }) => commissions.card)),
      plainArray(terms.map(({ revision }) => revision)),
    ]),
    transaction.run(SET_CLIENT_LIMITS, [
      clients,
      plainArray(limits.map(({ client }) => client)),
      plainArray(limits.map(({ currency }) => currency)),
      plainArray(limits.map(({ per_payment }) => per_payment)),
      plainArray(limits.map(({ per_day }) => per_day)),
    ]),
  ])
}

function toState(rows: readonly Row[]): TermsState {
  const limits = new Map<number, Map<string, ClientLimitState>>()
  return new Map(
    rows.map((row) => {
      const [client, revision, deposit, withdrawal, card, currency, paymentLimit, dailyLimit, spentOn, spent] = row
      const id = Number(client)
      const own = limits.get(id) ?? new Map<string, ClientLimitState>()
      limits.set(id, own)
      if (typeof currency === 'string')
        own.set(currency, {
          paymentLimit: numberOrNull(paymentLimit),
          dailyLimit: numberOrNull(dailyLimit),
          spentOn: typeof spentOn === 'string' ? spentOn : null,
          spent: Number(spent),
        })
      const commissions = {
        deposit: numberOrNull(deposit),
        withdrawal: numberOrNull(withdrawal),
        card: numberOrNull(card),
      }
      return [id, { revision: Number(revision), commissions, limits: own }] as const
    }),
  )
}

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value))
