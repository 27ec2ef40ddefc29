import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What a run leaves behind: below `<state>/load/`, where `npm run verify` looks for the newest, or below
 * `<state>/load-elsewhere/` when the ids are those of another cluster.
 */
export interface RunFolder {
  readonly id: string
  readonly path: string
  /** Payments that were accepted and what clients remarked, a line of JSON each. */
  readonly accepted: string
  /** What clients saw that cannot be right, a line of JSON each; there only when there is something. */
  readonly violations: string
  /** Who paid and was paid. */
  readonly accounts: string
  /** k6's own summary. */
  readonly k6Summary: string
  /** The report, for programs. */
  readonly summary: string
  /** The run second by second. */
  readonly timeline: string
  /** The report, for people. */
  readonly html: string
}

export const VIOLATIONS_FILE = 'violations.jsonl'

/** Makes the folder of a run that begins now: `peak-20261127-083000-412`. */
export function makeRunFolder(state: string, profile: string, isLocal: boolean, now: Date): RunFolder {
  const [date = '', time = ''] = now.toISOString().replace(/[-:Z]/g, '').split('T')
  const id = `${profile}-${date}-${time.replace('.', '-')}`
  // As the cluster makes it: the users that PostgreSQL and Nginx's workers run as pass through.
  mkdirSync(state, { recursive: true, mode: 0o711 })
  const path = join(state, isLocal ? 'load' : 'load-elsewhere', id)
  mkdirSync(path, { recursive: true, mode: 0o750 })
  const file = (name: string): string => join(path, name)
  return {
    id,
    path,
    accepted: file('accepted.jsonl'),
    violations: file(VIOLATIONS_FILE),
    accounts: file('accounts.json'),
    k6Summary: file('k6-summary.json'),
    summary: file('summary.json'),
    timeline: file('timeline.json'),
    html: file('report.html'),
  }
}
