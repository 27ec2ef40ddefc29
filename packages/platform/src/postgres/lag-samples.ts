import type { Lsn } from '../consistency/lsn.ts'

interface Sample {
  readonly timeMs: number
  readonly flushLsn: Lsn
}

/** At five samples a second: a minute of lag can be told in time, more than that reads as "at least". */
const MAX_SAMPLES = 300

/**
 * Where the primary's log stood at which time. Tells a replica's lag in time from its position alone, also when nothing
 * is written: the age of the last replayed transaction would grow then.
 */
export class LagSamples {
  #samples: Sample[] = []

  /**
   * @param timeMs    when the primary was asked: everything committed before is at or below `flushLsn`
   * @param flushLsn  a position lower than the last one starts anew: another primary answers
   */
  record(timeMs: number, flushLsn: Lsn): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && flushLsn < last.flushLsn) this.#samples = []
    this.#samples.push({ timeMs, flushLsn })
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift()
  }

  /** The last known time whose commits a node that has replayed `lsn` shows all, or undefined when it is not known. */
  asOfMs(lsn: Lsn): number | undefined {
    return this.#samples.findLast((sample) => sample.flushLsn <= lsn)?.timeMs
  }

  /** For how long there has been something that a node that has replayed `lsn` does not show. */
  lagMs(lsn: Lsn, nowMs: number): number {
    const missing = this.#samples.find((sample) => sample.flushLsn > lsn)
    return missing === undefined ? 0 : Math.max(0, nowMs - missing.timeMs)
  }
}
