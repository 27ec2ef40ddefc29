import { houseAccount } from '@paycluster/platform/ids/house-accounts'
import { readAccess } from './access/access-statements.ts'
import type { BatchBankPayment, BatchCommand, BatchPayment } from './batch-command.ts'
import { readLetters } from './letters/letter-statements.ts'
import { readLimitChanges } from './limits/limit-statements.ts'
import { readTerms } from './terms/term-statements.ts'
import { together, type LedgerTransaction } from './ledger-transaction.ts'
import { referenceKey, type LedgerState, type PaymentRow, type Uuid } from './ledger-state.ts'

const NONE = Promise.resolve([])
const NO_ACCESS = Promise.resolve(undefined)
const NO_LIMITS = Promise.resolve(undefined)
const NO_TERMS = Promise.resolve(undefined)
const NO_LETTERS = Promise.resolve(undefined)
const NO_ROWS = Promise.resolve(new Map<Uuid, never>())

const each = <T>(ids: readonly Uuid[], read: (ids: readonly Uuid[]) => Promise<Map<Uuid, T>>): Promise<Map<Uuid, T>> =>
  ids.length === 0 ? NO_ROWS : read(ids)

/**
 * What decides a batch, as one statement after the other sees it.
 *
 * The accounts of an operation are known by its payment alone: a batch with operations reads their payments first. With
 * `lock` it reads them again behind the locks: whatever changes a payment changes the balance of its source as well, so
 * that the lock on that holds for both.
 */
export async function readState(
  transaction: LedgerTransaction,
  commands: readonly BatchCommand[],
  lock: boolean,
): Promise<LedgerState> {
  const { payments, bankPayments, accounts, operations, blockChanges, limitChanges, accessChanges, letterChanges } =
    sort(commands)
  const targets = [...new Set(operations.map(({ payment }) => payment))]
  const readPayments = (ids: readonly Uuid[]) => transaction.readPayments(ids)
  const named = targets.length === 0 ? new Map<Uuid, PaymentRow>() : await readPayments(targets)

  const changed = new Set([...blockChanges, ...limitChanges].map(({ account }) => account))
  const touched = new Set<Uuid>([...accounts.map(({ id }) => id), ...changed])
  for (const { source, destination } of payments) touched.add(source).add(destination)
  for (const { source, destination } of bankPayments) touched.add(source).add(destination)
  for (const { source, destination, currency, bank } of named.values()) {
    touched.add(source).add(destination)
    if (bank !== null) touched.add(houseAccount('fees', currency))
  }
  const references = payments.flatMap(({ command: { client, reference } }) =>
    reference === undefined ? [] : [{ client, reference }],
  )
  const spenders = new Set([...payments, ...bankPayments].map(({ command }) => command.client))
  const [balances, taken, paymentRows, operationRows, accountRows, blockRows, limitRows, terms, access, letters] =
    await together([
      transaction.readBalances([...touched], lock),
      references.length === 0 ? NONE : transaction.readReferences(references),
      each([...newIds(payments, bankPayments), ...(lock ? targets : [])], readPayments),
      each(
        operations.flatMap(({ id, refund }) => (refund === undefined ? [id] : [id, refund])),
        (ids) => transaction.readOperations(ids),
      ),
      each([...accounts.map(({ id }) => id), ...changed], (ids) => transaction.readAccounts(ids)),
      each(
        blockChanges.map(({ id }) => id),
        (ids) => transaction.readBlockChanges(ids),
      ),
      limitChanges.length === 0 ? NO_LIMITS : readLimitChanges(transaction, limitChanges),
      spenders.size === 0 ? NO_TERMS : readTerms(transaction, [...spenders], paidByCard(bankPayments), lock),
      accessChanges.length === 0 ? NO_ACCESS : readAccess(transaction, accessChanges),
      letterChanges.length === 0 ? NO_LETTERS : readLetters(transaction, letterChanges),
    ])
  return {
    balances,
    payments: named.size === 0 ? paymentRows : new Map([...named, ...paymentRows]),
    operations: operationRows,
    accounts: accountRows,
    blockChanges: blockRows,
    references: new Set(
      taken.flatMap((index) => {
        const pair = references[index]
        return pair === undefined ? [] : [referenceKey(pair.client, pair.reference)]
      }),
    ),
    ...(limitRows === undefined ? {} : { limitChanges: limitRows }),
    ...(terms === undefined ? {} : { terms }),
    ...(access === undefined ? {} : { access }),
    ...(letters === undefined ? {} : { letters }),
  }
}

/** A card pays anybody: the commission is that of whoever is paid. */
const paidByCard = (payments: readonly BatchBankPayment[]): Uuid[] =>
  payments.flatMap(({ command, destination }) => (command.rail === 'card' ? [destination] : []))

/** Of what may be new; and of a batch that comes in pieces, its first payment. */
function newIds(payments: readonly BatchPayment[], bankPayments: readonly BatchBankPayment[]): Set<Uuid> {
  const ids = new Set([...payments, ...bankPayments].map(({ id }) => id))
  for (const { batch } of payments) if (batch !== undefined) ids.add(batch.first)
  return ids
}

type OfType<T extends BatchCommand['type']> = Extract<BatchCommand, { type: T }>

function sort(commands: readonly BatchCommand[]) {
  const payments: OfType<'payment'>[] = []
  const bankPayments: OfType<'bank payment'>[] = []
  const accounts: OfType<'account'>[] = []
  const operations: OfType<'operation'>[] = []
  const blockChanges: OfType<'block change'>[] = []
  const limitChanges: OfType<'limit change'>[] = []
  const accessChanges: OfType<'access change'>[] = []
  const letterChanges: OfType<'letter change'>[] = []
  for (const command of commands) {
    if (command.type === 'payment') payments.push(command)
    else if (command.type === 'bank payment') bankPayments.push(command)
    else if (command.type === 'account') accounts.push(command)
    else if (command.type === 'operation') operations.push(command)
    else if (command.type === 'block change') blockChanges.push(command)
    else if (command.type === 'limit change') limitChanges.push(command)
    else if (command.type === 'access change') accessChanges.push(command)
    else letterChanges.push(command)
  }
  return { payments, bankPayments, accounts, operations, blockChanges, limitChanges, accessChanges, letterChanges }
}
