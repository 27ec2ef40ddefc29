/** A statement as CSV (RFC 4180): a header, what it opens with, the entries, totals, what it closes with. */
import { currencyExponent } from '@paycluster/contracts'
import { stringify } from 'csv-stringify/sync'
import { decimalAmount } from './decimal-amount.ts'
import { StatementTotals, type StatementDocument, type StatementLine } from './statement-document.ts'

const COLUMNS = [
  ...['line', 'seq', 'time', 'kind', 'payment_id', 'reference', 'currency'],
  ...['amount_minor', 'amount', 'balance_minor', 'balance', 'pending_amount_minor', 'pending_minor'],
]

type Field = string | number | bigint | undefined

const toText = (rows: readonly (readonly Field[])[]): string =>
  stringify(
    rows.map((row) => row.map((field) => (field === undefined ? '' : String(field)))),
    { record_delimiter: 'windows' },
  )

/** Spreadsheets take a field for a formula that begins so. */
const FORMULA = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/

/** Text of somebody else's, so that a spreadsheet shows it and does not run it. */
export const inert = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)

/** Piece by piece, UTF-8 without a byte order mark; the same text for the same entries. */
export async function* toCsv(statement: StatementDocument): AsyncGenerator<string, void> {
  const { currency, from, to, opening, openingPending, lines } = statement
  const exponent = currencyExponent(currency)
  const amounts = (amount: number | bigint | undefined): Field[] =>
    amount === undefined ? [undefined, undefined] : [amount, decimalAmount(amount, exponent)]
  const summary = (
    line: string,
    time: string | undefined,
    amount: bigint | undefined,
    balance?: number,
    pending?: number,
  ): Field[] => [
    ...[line, undefined, time, undefined, undefined, undefined, currency],
    ...[...amounts(amount), ...amounts(balance), undefined, pending],
  ]
  const entry = (line: StatementLine): Field[] => [
    ...['entry', line.seq, line.at, line.kind, line.paymentId, inert(line.reference ?? ''), currency],
    ...[...amounts(line.amount), ...amounts(line.balanceAfter), line.pendingAmount, line.pendingAfter],
  ]
  const totals = new StatementTotals(statement)
  yield toText([COLUMNS, summary('opening', from, undefined, opening, openingPending)])
  for await (const piece of lines) {
    for (const line of piece) totals.add(line)
    yield toText(piece.map(entry))
  }
  yield toText([
    summary('total_in', undefined, totals.moneyIn),
    summary('total_out', undefined, -totals.moneyOut),
    summary('closing', to, undefined, totals.closing, totals.closingPending),
  ])
}
