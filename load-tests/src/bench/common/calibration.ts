/**
 * How fast the machine was, before and after: a fixed piece of work on one thread, and who else was busy. Two runs whose
 * calibrations differ cannot be compared by their absolute figures.
 */
import { createHash } from 'node:crypto'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { takeSnapshot, type NodeProcess, type Snapshot } from '../../usage/snapshot.ts'
import { spreadOf } from './rounds.ts'

const PIECES = 7
const DOCUMENTS = 4000
/** Until the compiler has done what it can. */
const WARM_UP_PIECES = 40
/** More than this apart, and something else was going on. */
const DISTURBED_SHARE = 0.1
const QUIET_CORES = 0.1

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGib: number
  readonly node: string
  readonly platform: string
}

export interface Calibration {
  /** One piece of the fixed work, the median of seven; milliseconds. */
  readonly beforeMs: number
  readonly afterMs: number
  /** Cores that were busy with anything but the bench, on the average; undefined where nobody tells. */
  readonly otherCores: number | undefined
  readonly isDisturbed: boolean
}

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
})

/** Writes, reads and digests JSON documents, as the services do all day: about 5 ms. */
function pieceOfWork(): number {
  const startedAtMs = performance.now()
  const digest = createHash('sha256')
  for (let n = 0; n < DOCUMENTS; n++) {
    const text = JSON.stringify({ id: `pay_${n}`, amount: n, currency: 'USD', metadata: { order: String(n) } })
    digest.update(Object.keys(JSON.parse(text) as object).join()).update(text)
  }
  digest.digest()
  return performance.now() - startedAtMs
}

/** Seven pieces, after those that warm up; 0.3 s. */
function fixedWorkMs(): number {
  const times = Array.from({ length: WARM_UP_PIECES + PIECES }, pieceOfWork)
  return spreadOf(times.slice(WARM_UP_PIECES)).median
}

/** Begins before the bench. */
export class CalibratedWindow {
  readonly #processes: () => readonly NodeProcess[]
  readonly #beforeMs = fixedWorkMs()
  readonly #before: Snapshot | undefined

  /** @param processes  the bench's own servers; this process is one of them by itself */
  constructor(processes: () => readonly NodeProcess[]) {
    this.#processes = () => [{ node: 'bench', pid: process.pid }, ...processes()]
    this.#before = takeSnapshot(this.#processes())
  }

  /** @param known  other cores as the bench itself has seen them, where its servers come and go */
  end(known?: number): Calibration {
    const after = takeSnapshot(this.#processes())
    const afterMs = fixedWorkMs()
    const otherCores = known ?? otherCoresBetween(this.#before, after)
    return {
      beforeMs: this.#beforeMs,
      afterMs,
      otherCores,
      isDisturbed: isDisturbed(this.#beforeMs, afterMs, otherCores),
    }
  }
}

/** Pure. */
export function isDisturbed(beforeMs: number, afterMs: number, otherCores: number | undefined): boolean {
  const slower = Math.max(beforeMs, afterMs) / Math.min(beforeMs, afterMs) - 1
  return slower > DISTURBED_SHARE || (otherCores ?? 0) > QUIET_CORES
}

/** Cores that were busy with none of the snapshots' processes. */
export function otherCoresBetween(before: Snapshot | undefined, after: Snapshot | undefined): number | undefined {
  if (before === undefined || after === undefined) return undefined
  const elapsedS = (after.atMs - before.atMs) / 1000
  const usedBefore = new Map(before.nodes.map(({ pid, cpuS }) => [pid, cpuS]))
  // A server that began within the window has used all of its time in it.
  const ours = after.nodes.reduce((sum, { pid, cpuS }) => sum + cpuS - (usedBefore.get(pid) ?? 0), 0)
  return Math.max(0, (after.machine.busyS - before.machine.busyS - ours) / elapsedS)
}
