/** One line that says how a run is getting on: rewritten on a terminal, a new one every few seconds elsewhere. */
import color from 'picocolors'
import type { K6Progress } from './generator/k6-output.ts'
import type { TimelineRecorder } from './timeline/recorder.ts'
import type { Workload } from './workload/workload.ts'

const LINE_EVERY_MS = 5000

export class ProgressLine {
  readonly #output: NodeJS.WriteStream
  readonly #workload: Workload
  #startedAtMs: number | undefined
  #last: { readonly atMs: number; readonly turns: number } | undefined
  #printedAtMs = -Infinity
  #faults = 0

  constructor(workload: Workload, output: NodeJS.WriteStream = process.stdout) {
    this.#workload = workload
    this.#output = output
  }

  /** All users are made and begin. */
  started(): void {
    this.#startedAtMs = performance.now()
  }

  /** A client remarked a refusal or a violation. */
  fault(): void {
    this.#faults++
  }

  update({ users, turns }: K6Progress, recorder: Pick<TimelineRecorder, 'latest'>): void {
    const nowMs = performance.now()
    const last = this.#last
    if (!this.#output.isTTY && nowMs - this.#printedAtMs < LINE_EVERY_MS) return
    this.#last = { atMs: nowMs, turns }
    this.#printedAtMs = nowMs
    const perS = last === undefined ? 0 : ((turns - last.turns) * 1000) / Math.max(nowMs - last.atMs, 1)
    this.#write(
      [
        this.#phase(nowMs).padEnd(28),
        `${users} users`.padStart(11),
        `${perS.toFixed(0)} req/s`.padStart(12),
        ...[
          figure('reads p95', recorder.latest('reads', 'p95'), 'ms'),
          figure('accepts p95', recorder.latest('accepts', 'p95'), 'ms'),
          figure('lag', recorder.latest('backlog', 'commands'), 'commands'),
        ].filter((text) => text !== ''),
        this.#faults === 0 ? '0 faults' : color.red(`${this.#faults} faults remarked`),
      ].join('  '),
    )
  }

  /** Shows what is done when no load runs. */
  step(what: string): void {
    this.close()
    this.#output.write(`  ${what}\n`)
  }

  /** Leaves the line as it is. */
  close(): void {
    if (this.#output.isTTY && this.#printedAtMs > 0) this.#output.write('\n')
    this.#printedAtMs = -Infinity
  }

  #phase(nowMs: number): string {
    if (this.#startedAtMs === undefined) return 'making users'
    const { rampS, warmUpS, durationS } = this.#workload
    const elapsedS = (nowMs - this.#startedAtMs) / 1000
    if (elapsedS < rampS) return `ramp ${left(rampS - elapsedS)}`
    if (elapsedS < rampS + warmUpS) return `warm-up ${left(rampS + warmUpS - elapsedS)}`
    return `measuring ${left(Math.max(0, rampS + warmUpS + durationS - elapsedS))}`
  }

  #write(text: string): void {
    this.#output.write(this.#output.isTTY ? `\r\u001b[2K  ${text}` : `  ${text}\n`)
  }
}

/** Empty when there is none. */
const figure = (name: string, value: number | undefined, unit: string): string =>
  value === undefined ? '' : `${name} ${value.toFixed(0)} ${unit}`

const left = (seconds: number): string => `(${seconds.toFixed(0)} s left)`
