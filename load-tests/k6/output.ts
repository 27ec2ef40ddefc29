/** k6 has no other way to write during a run than its console, which the runner sends to a file. */
import type { Remark } from '../src/workload/run-settings.ts'

/** Enough to see what is wrong; a cluster that is down does not fill the disk. */
const MAX_REMARKS_A_USER = 5
let remarks = 0

/** Writes a payment that was accepted just now: an `AcceptedPayment`. Nothing in it needs escaping. */
export function accepted(id: string, source: string, destination: string, amount: number): void {
  globalThis.console.log(
    `{"id":"${id}","source":"${source}","destination":"${destination}","amount":${amount},"accepted_at_ms":${Date.now()}}`,
  )
}

/** Writes a remark; the first ones of each user. Counters count all of them. */
export function remark(line: Remark): void {
  if (remarks++ < MAX_REMARKS_A_USER) globalThis.console.log(JSON.stringify(line))
}
