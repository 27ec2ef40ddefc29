/** Whether the ledger holds exactly what a cell asked for: a bench that posts wrongly is no bench. */
import { loadText } from '@paycluster/platform/load-text'
import { LoadError } from '../../load-error.ts'
import type { Comparison } from '../backlog/check-backlog.ts'
import { book, compareBooks, readBook } from './book.ts'
import { topic, type LedgerStage } from './ledger-stage.ts'
import type { Expectation } from './plan-commands.ts'

const CHECK_PAYMENTS = loadText(import.meta.url, './check-payments.sql')

/** The ledger's clock, to the millisecond that payments carry. */
export async function ledgerClock(stage: LedgerStage): Promise<string> {
  const { rows } = await stage.monitor.query<{ at: string }>(
    `SELECT date_trunc('milliseconds', clock_timestamp())::text AS at`,
  )
  return rows[0]?.at ?? ''
}

/**
 * Books the cell and compares ledger and book.
 *
 * @param since  from {@link ledgerClock}, before the first command
 * @throws LoadError `wrong_ledger`
 */
export async function checkCell(
  stage: LedgerStage,
  name: string,
  expected: Expectation,
  since: string,
): Promise<Comparison[]> {
  book(stage.book, expected.effects)
  const comparisons = await compareCell(stage, expected, since)
  const wrong = comparisons.filter((comparison) => comparison.expected !== comparison.found)
  if (wrong.length === 0) return comparisons
  const list = wrong.map(({ what, expected, found }) => `${what}: ${found} instead of ${expected}`).join('; ')
  throw new LoadError('wrong_ledger', `after "${name}" the ledger is wrong: ${list}`)
}

type Counts = Record<'succeeded' | 'declined' | 'other' | 'unmatched' | 'operations' | 'failed_operations', number>

async function compareCell(stage: LedgerStage, expected: Expectation, since: string): Promise<Comparison[]> {
  const { monitor, cast } = stage
  const payments = await monitor.query<Counts>(CHECK_PAYMENTS, [cast.client, since])
  const [found] = payments.rows
  const offsets = await monitor.query<{ posted: string }>(
    'SELECT sum(next_offset) AS posted FROM ledger_offsets WHERE topic = $1',
    [topic],
  )
  const accounts = compareBooks(stage.book, await readBook(monitor))
  const commands = stage.offsets.reduce((sum, offset) => sum + offset, 0)
  const wrongAccounts = accounts.firstWrong === undefined ? '' : ` (first: ${accounts.firstWrong})`
  return [
    { what: 'payments that succeeded', expected: expected.succeeded, found: found?.succeeded ?? NaN },
    { what: 'declined for insufficient funds', expected: expected.declined, found: found?.declined ?? NaN },
    { what: 'declined for anything else', expected: 0, found: found?.other ?? NaN },
    { what: 'payments without their entries', expected: 0, found: found?.unmatched ?? NaN },
    { what: 'captures and refunds', expected: expected.operations, found: found?.operations ?? NaN },
    { what: 'captures and refunds that failed', expected: 0, found: found?.failed_operations ?? NaN },
    { what: `accounts other than the book's${wrongAccounts}`, expected: 0, found: accounts.wrong },
    { what: 'sum of all balances, minor units', expected: 0, found: accounts.sumMinor },
    { what: "the ledger's offsets", expected: commands, found: Number(offsets.rows[0]?.posted) },
  ]
}
