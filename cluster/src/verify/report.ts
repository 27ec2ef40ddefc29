/** Results for people. */
import color from 'picocolors'
import type { InvariantResult, InvariantState, OffendingRow } from './invariant.ts'

const MARKS: Readonly<Record<InvariantState, string>> = {
  ok: color.green('✔ ok'),
  violated: color.red('✖ violated'),
  unchecked: color.red('✖ unchecked'),
  'not applicable': color.dim('– not applicable'),
}
const TITLE_WIDTH = 48
const COUNT_WIDTH = 12
const MAX_VALUE_LENGTH = 300

/** One invariant: a line, and below it what a reader should know. */
export function describeResult(result: InvariantResult): string {
  const { id, title, state, checked, violations, rows, notes, durationMs } = result
  const columns = [
    id.padEnd(4),
    title.padEnd(TITLE_WIDTH),
    checked.toLocaleString('en').padStart(COUNT_WIDTH),
    `${(durationMs / 1000).toFixed(2)} s`.padStart(9),
    MARKS[state],
  ]
  const lines = [columns.join('  '), ...notes.map((note) => color.dim(`      ${note}`))]
  if (violations > 0) {
    lines.push(
      color.red(`      ${violations.toLocaleString('en')} in all${violations > rows.length ? ', the first:' : ':'}`),
    )
    lines.push(...rows.map((row) => `      ${describeRow(row)}`))
  }
  return lines.join('\n')
}

export const HEADINGS = color.dim(
  ['', 'INVARIANT'.padEnd(TITLE_WIDTH), 'CHECKED'.padStart(COUNT_WIDTH), 'TIME'.padStart(9), 'RESULT']
    .map((heading, column) => (column === 0 ? heading.padEnd(4) : heading))
    .join('  '),
)

/** What is known of one offender, in a line. */
export const describeRow = (row: OffendingRow): string =>
  Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${describeValue(value)}`)
    .join(' · ')

function describeValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text
}
