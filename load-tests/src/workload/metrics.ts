/** Names of the series that the scripts write and the runner reads. */
import { OPERATIONS, type Operation, type Thresholds } from './workload.ts'

/** Versions of a user's own account that went back from one answer to the next. */
export const VERSIONS_BACKWARDS = 'versions_backwards'
/** Answers that did not reflect the consistency token of their request. */
export const TOKENS_NOT_MET = 'tokens_not_met'
/** Answers with the right status and a body or headers that are not what the API promises. */
export const MALFORMED = 'malformed_answers'
const VIOLATIONS = [VERSIONS_BACKWARDS, TOKENS_NOT_MET, MALFORMED] as const
/** Requests that carried a consistency token. */
export const TOKENS_SENT = 'tokens_sent'
/** Bodies that were parsed and compared. */
export const BODIES_CHECKED = 'bodies_checked'

/** The tag that a user's samples carry from the end of the warm-up on. */
export const MEASURED = 'measured'

/** Of measured requests, in ms, without the time to connect. */
export const durationOf = (operation: Operation): string => `http_req_duration{op:${operation},phase:${MEASURED}}`
export const READ_DURATION = `http_req_duration{kind:read,phase:${MEASURED}}`
export const ALL_DURATION = `http_req_duration{phase:${MEASURED}}`
export const failedOf = (operation: Operation): string => `http_req_failed{op:${operation},phase:${MEASURED}}`

const ALWAYS_MET = 'max>=0'

/** k6's thresholds. It keeps a series per tag only where a threshold names it: hence those that are always met. */
export function k6Thresholds(limits: Thresholds): Record<string, string[]> {
  const thresholds: Record<string, string[]> = {
    http_req_failed: [`rate<=${limits.failedRate}`],
    [ALL_DURATION]: [ALWAYS_MET],
    [READ_DURATION]: [limits.readP95Ms === undefined ? ALWAYS_MET : `p(95)<=${limits.readP95Ms}`],
  }
  for (const operation of OPERATIONS) {
    thresholds[durationOf(operation)] = [ALWAYS_MET]
    thresholds[failedOf(operation)] = ['rate>=0']
  }
  if (limits.acceptP95Ms !== undefined) thresholds[durationOf('pay')] = [`p(95)<=${limits.acceptP95Ms}`]
  for (const violation of VIOLATIONS) thresholds[violation] = ['count<=0']
  return thresholds
}
