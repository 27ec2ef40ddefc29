/** What k6 says while it runs, as values. Pure. */
import type { Fault, Remark } from '../workload/run-settings.ts'

export interface K6Progress {
  readonly users: number
  /** Turns that have ended; each is one request. */
  readonly turns: number
  /** Turns that were cut off: what their requests came to, nobody says. */
  readonly interrupted: number
}

/** `running (0m05.0s), 0300/3000 VUs, 1234 complete and 0 interrupted iterations` */
export function parseProgress(line: string): K6Progress | undefined {
  const match = /^running \(.*?\), (\d+)\/\d+ VUs, (\d+) complete and (\d+) interrupted/.exec(line)
  return match === null
    ? undefined
    : { users: Number(match[1]), turns: Number(match[2]), interrupted: Number(match[3]) }
}

/** Lines that are evidence for the verdict, and are read after the run. */
const EVIDENCE = /^\{"remark":"(?:seen|unknown)"/

/** That the load has started or ended, or a fault; undefined for all else. */
export function parseRemark(line: string): Exclude<Remark, { remark: 'seen' | 'unknown' }> | undefined {
  if (!line.startsWith('{"remark":') || EVIDENCE.test(line)) return undefined
  return JSON.parse(line) as Exclude<Remark, { remark: 'seen' | 'unknown' }>
}

/** Text that arrives in pieces, as whole lines. */
export class LineSplitter {
  #rest = ''

  push(text: string): string[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines
  }
}

/** `refused: balance 503, pay 0 (dial: i/o timeout)`: what went wrong, most frequent first. */
export function summariseFaults(faults: readonly Fault[], max: number): string[] {
  const counts = new Map<string, number>()
  for (const fault of faults) {
    const text = describe(fault)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, max)
    .map(([text, count]) => `${count} × ${text}`)
}

function describe(fault: Fault): string {
  const { operation } = fault
  if (fault.remark === 'refused')
    return `${operation} refused with ${fault.status}${fault.detail === '' ? '' : ` (${fault.detail})`}`
  if (fault.remark === 'malformed') return `${operation} malformed: ${fault.detail}`
  return fault.remark === 'backwards' ? `${operation} went backwards` : `${operation} below its consistency token`
}
