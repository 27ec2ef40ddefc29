/** What a client can tell is wrong from its own answers alone. */
import { Counter } from 'k6/metrics'
import { BODIES_CHECKED, MALFORMED, TOKENS_NOT_MET, TOKENS_SENT, VERSIONS_BACKWARDS } from '../src/workload/metrics.ts'
import type { Operation } from '../src/workload/workload.ts'
import { fault } from './output.ts'

const backwards = new Counter(VERSIONS_BACKWARDS)
const notMet = new Counter(TOKENS_NOT_MET)
const malformedAnswers = new Counter(MALFORMED)
export const tokensSent = new Counter(TOKENS_SENT)
export const bodiesChecked = new Counter(BODIES_CHECKED)

/** An answer that is not what the API promises. */
export function malformed(operation: Operation, detail: string): void {
  malformedAnswers.add(1)
  fault({ remark: 'malformed', operation, detail })
}

/** Notes a version that one client saw of its account, and the one that its request's token named, if it had one. */
export type SeeVersion = (operation: Operation, got: number, demanded: number | undefined) => void

/** The versions of one account, as one client sees them: they never go back, and meet the token that was sent. */
export function seenVersions(account: string): SeeVersion {
  let newest = 0
  return (operation, got, demanded) => {
    if (got < newest) {
      backwards.add(1)
      fault({ remark: 'backwards', account, operation, expected: newest, got })
    } else newest = got
    if (demanded !== undefined && got < demanded) {
      notMet.add(1)
      fault({ remark: 'token_not_met', account, operation, expected: demanded, got })
    }
  }
}
