/** What one invariant's check came to. */
import { messageOf } from '../cluster-error.ts'

/** Rows kept of a violation: enough to see the pattern, few enough to read. */
export const MAX_ROWS = 20

/**
 * `unchecked`: the check itself failed, which proves nothing, and counts as a failure. `not applicable`: there is nothing
 * that could be checked, and the note says why.
 */
export type InvariantState = 'ok' | 'violated' | 'unchecked' | 'not applicable'

export type OffendingRow = Readonly<Record<string, unknown>>

/** What a check found. Several parts of one invariant add up. */
export interface Finding {
  /** How many things were looked at. A check of nothing proves nothing, so that it is shown. */
  readonly checked: number
  readonly violations: number
  /** At most {@link MAX_ROWS}. */
  readonly rows: readonly OffendingRow[]
  /** What a reader should know of how it was checked. */
  readonly notes?: readonly string[]
}

export interface InvariantResult extends Required<Finding> {
  /** `I1` to `I11`, as `npm run verify` names them. */
  readonly id: string
  readonly title: string
  readonly state: InvariantState
  readonly durationMs: number
}

export const NOTHING: Finding = { checked: 0, violations: 0, rows: [] }

/** The finding of two parts together. */
export const add = (a: Finding, b: Finding): Finding => ({
  checked: a.checked + b.checked,
  violations: a.violations + b.violations,
  rows: [...a.rows, ...b.rows].slice(0, MAX_ROWS),
  notes: [...(a.notes ?? []), ...(b.notes ?? [])],
})

/** A finding of violations that are counted one by one, however many there are. */
export function findingOf(checked: number, offending: Iterable<OffendingRow>, notes?: readonly string[]): Finding {
  const rows: OffendingRow[] = []
  let violations = 0
  for (const row of offending) {
    violations += 1
    if (rows.length < MAX_ROWS) rows.push(row)
  }
  return { checked, violations, rows, ...(notes === undefined ? {} : { notes }) }
}

/** Runs a check and says how it ended. Never throws. */
export async function check(id: string, title: string, work: () => Promise<Finding>): Promise<InvariantResult> {
  const startedAt = performance.now()
  const result = (state: InvariantState, finding: Finding): InvariantResult => ({
    id,
    title,
    state,
    checked: finding.checked,
    violations: finding.violations,
    rows: finding.rows,
    notes: finding.notes ?? [],
    durationMs: performance.now() - startedAt,
  })
  try {
    const finding = await work()
    return result(finding.violations === 0 ? 'ok' : 'violated', finding)
  } catch (error) {
    return result('unchecked', { ...NOTHING, notes: [messageOf(error)] })
  }
}

/** What could not be checked, and why. */
export const unchecked = (id: string, title: string, error: unknown): InvariantResult => ({
  ...notApplicable(id, title, messageOf(error)),
  state: 'unchecked',
})

/** Nothing to check, and why. */
export const notApplicable = (id: string, title: string, reason: string): InvariantResult => ({
  id,
  title,
  state: 'not applicable',
  ...NOTHING,
  notes: [reason],
  durationMs: 0,
})
