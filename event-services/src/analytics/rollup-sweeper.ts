/** Deletes rollups that were kept for long enough, and what was counted so long ago that it is not told again. */
import type { Clock } from '@paycluster/platform/clock'
import type { Logger } from '@paycluster/platform/logging'
import { repeat } from '@paycluster/platform/work/repeat'
import type { AnalyticsStore } from './analytics-store.ts'
import { DAY_MS } from './buckets.ts'

const SWEEP_EVERY_MS = 60_000
/** Between two sweeps when there is more: 50,000 rows a second, which is ten times what comes. */
const PAUSE_MS = 100
/** Clocks of processes may differ: what one of them still counts is known to all. */
const MARGIN_MS = DAY_MS

export interface Retention {
  readonly minuteDays: number
  readonly hourDays: number
  /** What happened longer ago is not counted. */
  readonly horizonDays: number
}

export class RollupSweeper {
  readonly #store: Pick<AnalyticsStore, 'sweep'>
  readonly #retention: Retention
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #stop = new AbortController()
  #sweeping: Promise<void> = Promise.resolve()

  constructor(store: Pick<AnalyticsStore, 'sweep'>, retention: Retention, clock: Clock, logger: Logger) {
    this.#store = store
    this.#retention = retention
    this.#clock = clock
    this.#logger = logger
  }

  start(): void {
    this.#sweeping = repeat(async () => ((await this.sweep()) ? PAUSE_MS : undefined), {
      signal: this.#stop.signal,
      restMs: SWEEP_EVERY_MS,
      onError: (error) => {
        this.#logger.warn({ err: error }, 'could not sweep rollups')
      },
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#sweeping
  }

  /** @returns whether there may be more @throws what the store throws */
  sweep(): Promise<boolean> {
    const { minuteDays, hourDays, horizonDays } = this.#retention
    const nowMs = this.#clock.now()
    return this.#store.sweep({
      minutes: nowMs - minuteDays * DAY_MS,
      hours: nowMs - hourDays * DAY_MS,
      counted: nowMs - horizonDays * DAY_MS - MARGIN_MS,
    })
  }
}
