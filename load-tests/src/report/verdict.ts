/** Whether what the clients saw and what the ledger holds agree. */
import type { InvariantResult } from '@paycluster/cluster/verify/invariant'
import type { Settlement } from '../applied/settle.ts'
import type { EvidenceVerdict } from '../verdict/judge-evidence.ts'
import { RULES, type Offence, type Rule } from '../verdict/rules.ts'
import type { ClientView } from './k6-summary.ts'

/**
 * `clients only`: all that the clients saw was right, and nothing else was looked at. `unchecked`: a check itself failed,
 * which proves nothing.
 */
type VerdictState = 'correct' | 'violated' | 'unchecked' | 'clients only'

export interface Verdict {
  readonly state: VerdictState
  /** What was found, a line each; the reason for anything but `correct` is among them or the invariants. */
  readonly findings: readonly string[]
  /** What was verified of the ledger, the cache, the replicas and the log; empty when nothing was. */
  readonly invariants: readonly InvariantResult[]
  /** How often each rule of ../verdict/rules.ts was applied, and broken. */
  readonly rules: EvidenceVerdict['counts']
  /** The first breaches of each rule; all of them are in `violations.jsonl`. */
  readonly offences: readonly Offence[]
}

/** What `npm run verify` said of the ledger, the cache, the replicas and the log. */
export interface Verification {
  readonly state: 'correct' | 'violated' | 'unchecked'
  readonly invariants: readonly InvariantResult[]
}

/**
 * @param settlement  or why it cannot be seen
 * @param evidence  or why it was not judged
 * @param verification  or why there is none
 */
export function judge(
  clients: ClientView,
  settlement: Settlement | string,
  evidence: EvidenceVerdict | string,
  verification: Verification | string,
): Verdict {
  const { rules, offences } = typeof evidence === 'string' ? NOTHING : { ...evidence, rules: evidence.counts }
  const violations = [
    ...rules.flatMap(({ rule, violations }) => count(violations, RULES[rule])),
    ...remarked(clients, settlement, rules),
  ]
  const isSettled = typeof settlement !== 'string'
  const findings = [
    ...violations,
    ...(violations.length > 0 || typeof evidence === 'string' ? [] : agreement(clients, evidence)),
    ...(isSettled ? [] : [settlement]),
    ...(typeof evidence === 'string' ? [evidence] : notes(evidence)),
    ...(typeof verification === 'string' ? [verification] : []),
  ]
  const isViolated = violations.length > 0 || stateOf(verification) === 'violated'
  const isJudged = isSettled && typeof evidence !== 'string'
  return {
    state: isViolated ? 'violated' : isJudged ? stateOf(verification) : 'unchecked',
    findings,
    invariants: typeof verification === 'string' ? [] : verification.invariants,
    rules,
    offences,
  }
}

const NOTHING = { rules: [], offences: [] } as const

/** What clients noticed themselves, where the record, of whose lines some may be missing, does not show as much. */
function remarked(clients: ClientView, settlement: Settlement | string, rules: EvidenceVerdict['counts']): string[] {
  const inRecord = (rule: Rule): number => rules.find((counted) => counted.rule === rule)?.violations ?? 0
  const beyond = (rule: Rule, times: number): string[] => (times > inRecord(rule) ? count(times, RULES[rule]) : [])
  return [
    ...beyond('lost', typeof settlement === 'string' ? 0 : settlement.unsettled.length),
    ...beyond('backwards', clients.versionsBackwards),
    ...beyond('token_not_met', clients.tokensNotMet),
    ...count(clients.malformed, 'answers were not what the API promises'),
  ]
}

/** What agrees, in three lines. */
function agreement(clients: ClientView, { counts, users }: EvidenceVerdict): string[] {
  const checked = (rule: Rule): string => of(counts.find((counted) => counted.rule === rule)?.checked ?? 0)
  return [
    `${checked('lost')} accepted payments, each final and as accepted; ${checked('told_otherwise')} final states told, all true`,
    `${checked('backwards')} versions seen by ${of(users)} users, none went backwards or beyond the ledger; ` +
      `${checked('token_not_met')} consistency tokens honoured; ${of(clients.bodiesChecked)} bodies checked`,
    `${checked('sums')} accounts moved by these payments alone, to the unit`,
  ]
}

function notes({ unanswered: { requests, posted }, notes }: EvidenceVerdict): string[] {
  return requests === 0
    ? [...notes]
    : [`${of(requests)} requests ended without an answer that tells: ${of(posted)} were posted`, ...notes]
}

const of = (number: number): string => number.toLocaleString('en-US')

const stateOf = (verification: Verification | string): VerdictState =>
  typeof verification === 'string' ? 'clients only' : verification.state

const count = (violations: number, what: string): string[] => (violations === 0 ? [] : [`${of(violations)} ${what}`])
