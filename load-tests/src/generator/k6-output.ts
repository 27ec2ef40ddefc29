/** What k6 says while it runs, as values. Pure. */
import type { Remark } from '../workload/run-settings.ts'

export interface K6Progress {
  readonly users: number
  /** Turns that have ended; each is one request. */
  readonly turns: number
}

/** `running (0m05.0s), 0300/3000 VUs, 1234 complete and 0 interrupted iterations` */
export function parseProgress(line: string): K6Progress | undefined {
  const match = /^running \(.*?\), (\d+)\/\d+ VUs, (\d+) complete/.exec(line)
  return match === null ? undefined : { users: Number(match[1]), turns: Number(match[2]) }
}

/** A remark, or undefined for a payment that was accepted and for anything else. */
export function parseRemark(line: string): Remark | undefined {
  return line.startsWith('{"remark":') ? (JSON.parse(line) as Remark) : undefined
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
export function summariseRemarks(remarks: readonly Remark[], max: number): string[] {
  const counts = new Map<string, number>()
  for (const remark of remarks) {
    if (remark.remark === 'started') continue
    const text = describe(remark)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, max)
    .map(([text, count]) => `${count} × ${text}`)
}

function describe(remark: Exclude<Remark, { remark: 'started' }>): string {
  const { operation } = remark
  if (remark.remark === 'refused')
    return `${operation} refused with ${remark.status}${remark.detail === '' ? '' : ` (${remark.detail})`}`
  if (remark.remark === 'malformed') return `${operation} malformed: ${remark.detail}`
  return remark.remark === 'backwards' ? `${operation} went backwards` : `${operation} below its consistency token`
}
