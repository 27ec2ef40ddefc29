/** Whether what the clients saw and what the ledger holds agree. */
import type { Settlement } from '../applied/settle.ts'
import type { ClientView } from './k6-summary.ts'

/**
 * `clients only`: all that the clients saw was right, and nothing else was looked at. `unchecked`: a check itself failed,
 * which proves nothing.
 */
type VerdictState = 'correct' | 'violated' | 'unchecked' | 'clients only'

export interface Verdict {
  readonly state: VerdictState
  /** What was found, a line each; the reason for anything but `correct` among them. */
  readonly findings: readonly string[]
}

/** What `npm run verify` said of the ledger, the cache, the replicas and the log. */
export interface Verification {
  readonly state: 'correct' | 'violated' | 'unchecked'
  readonly findings: readonly string[]
}

/**
 * @param settlement  or why it cannot be seen
 * @param verification  or why there is none
 */
export function judge(
  clients: ClientView,
  settlement: Settlement | string,
  verification: Verification | string,
): Verdict {
  const lost = typeof settlement === 'string' ? 0 : settlement.unsettled.length
  const violations = [
    ...count(lost, 'accepted payments have no final state'),
    ...count(clients.versionsBackwards, 'answers went back behind an earlier one of the same client'),
    ...count(clients.tokensNotMet, 'answers did not reflect their consistency token'),
    ...count(clients.malformed, 'answers were not what the API promises'),
  ]
  const seen = `no version went backwards, ${clients.tokensSent} consistency tokens honoured, ${clients.bodiesChecked} bodies checked`
  const settled =
    typeof settlement === 'string' ? settlement : `${settlement.accepted} accepted payments, all of them final`
  const findings = [
    ...(lost > 0 ? [] : [settled]),
    ...(violations.length > 0 ? violations : [seen]),
    ...(typeof verification === 'string' ? [verification] : verification.findings),
  ]
  if (violations.length > 0 || stateOf(verification) === 'violated') return { state: 'violated', findings }
  return { state: typeof settlement === 'string' ? 'unchecked' : stateOf(verification), findings }
}

const stateOf = (verification: Verification | string): VerdictState =>
  typeof verification === 'string' ? 'clients only' : verification.state

const count = (violations: number, what: string): string[] => (violations === 0 ? [] : [`${violations} ${what}`])
