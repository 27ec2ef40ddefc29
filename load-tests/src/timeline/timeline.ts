/** What a run was like, second by second. */
import { PANELS, type Panel, type Value } from './panels.ts'

export interface TimelineSeries {
  readonly panel: Panel
  readonly name: string
  readonly unit: string
  /** One for each of `atS`; null where nothing is known. */
  readonly values: readonly (number | null)[]
}

export interface Timeline {
  /** When the first user began, in milliseconds of the epoch; when sampling began, if none did. */
  readonly startedAtMs: number
  /** Seconds since then, of the end of each interval. */
  readonly atS: readonly number[]
  readonly series: readonly TimelineSeries[]
}

/** Three digits behind the point say all that is known, and keep the file small. */
const DIGITS = 3

/** Collects values; each series is as long as there are moments. */
export class TimelineLog {
  readonly #atMs: number[] = []
  readonly #series = new Map<string, { panel: Panel; name: string; values: (number | null)[] }>()

  add(atMs: number, values: readonly Value[]): void {
    const before = this.#atMs.length
    this.#atMs.push(atMs)
    for (const { panel, name, value } of values) {
      const key = `${panel} ${name}`
      const series = this.#series.get(key) ?? { panel, name, values: Array<number | null>(before).fill(null) }
      if (series.values.length === before) series.values.push(round(value))
      this.#series.set(key, series)
    }
    for (const { values: row } of this.#series.values()) if (row.length === before) row.push(null)
  }

  /** @param startedAtMs  when the first user began; undefined when none did */
  finish(startedAtMs: number | undefined): Timeline {
    const origin = startedAtMs ?? this.#atMs[0] ?? Date.now()
    const order = Object.keys(PANELS)
    return {
      startedAtMs: origin,
      atS: this.#atMs.map((atMs) => round((atMs - origin) / 1000)),
      series: [...this.#series.values()]
        .map(({ panel, name, values }) => ({ panel, name, unit: PANELS[panel].unit, values }))
        .sort((a, b) => order.indexOf(a.panel) - order.indexOf(b.panel)),
    }
  }
}

const round = (value: number): number => Number(value.toFixed(DIGITS))
