/** k6 has no other way to write during a run than its console, which the runner sends to a file. */
import type { Fault, Remark } from '../src/workload/run-settings.ts'

/** Enough to see what is wrong; a cluster that is down does not fill the disk. */
const MAX_FAULTS_A_USER = 5
let faults = 0

/** Writes a payment that was accepted just now: an `AcceptedPayment`. Nothing in it needs escaping. */
export function writeAccepted(
  id: string,
  source: string,
  destination: string,
  amount: number,
  user: number,
  seen: string,
): void {
  globalThis.console.log(
    `{"id":"${id}","source":"${source}","destination":"${destination}","amount":${amount},"accepted_at_ms":${Date.now()},"user":${user},"seen":"${seen}"}`,
  )
}

/** Writes what a user was told since its last line. Nothing in it needs escaping. */
export function writeSeen(user: number, account: string, seen: string): void {
  globalThis.console.log(`{"remark":"seen","user":${user},"account":"${account}","seen":"${seen}"}`)
}

export function write(line: Remark): void {
  globalThis.console.log(JSON.stringify(line))
}

/** Writes a fault; the first ones of each user. Counters count all of them. */
export function fault(line: Fault): void {
  if (faults++ < MAX_FAULTS_A_USER) write(line)
}
