/** What a client can tell is wrong from its own answers alone. */
import { Counter } from 'k6/metrics'
import { BODIES_CHECKED, MALFORMED, TOKENS_NOT_MET, TOKENS_SENT, VERSIONS_BACKWARDS } from '../src/workload/metrics.ts'
import type { Operation } from '../src/workload/workload.ts'
import { remark } from './output.ts'

const backwards = new Counter(VERSIONS_BACKWARDS)
const notMet = new Counter(TOKENS_NOT_MET)
const malformedAnswers = new Counter(MALFORMED)
export const tokensSent = new Counter(TOKENS_SENT)
export const bodiesChecked = new Counter(BODIES_CHECKED)

/** An answer that is not what the API promises. */
export function malformed(operation: Operation, detail: string): void {
  malformedAnswers.add(1)
  remark({ remark: 'malformed', operation, detail })
}

/** The versions of one account, as one client sees them: they never go back, and meet the token that was sent. */
export class SeenVersions {
  readonly #account: string
  #newest = 0

  constructor(account: string) {
    this.#account = account
  }

  /** @param demanded  the version that the request's consistency token named, if it had one */
  see(operation: Operation, got: number, demanded: number | undefined): void {
    const line = { account: this.#account, operation, got } as const
    if (got < this.#newest) {
      backwards.add(1)
      remark({ remark: 'backwards', expected: this.#newest, ...line })
    } else this.#newest = got
    if (demanded !== undefined && got < demanded) {
      notMet.add(1)
      remark({ remark: 'token_not_met', expected: demanded, ...line })
    }
  }
}
