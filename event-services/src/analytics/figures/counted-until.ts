/** How far the rollups are: what has happened before is in them. */
import type { Admin } from 'kafkajs'
import { EVENTS_TOPIC } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { Logger } from '@paycluster/platform/logging'
import type { AnalyticsStore } from '../analytics-store.ts'

/** An answer is good for so long: who looks twice a second asks Kafka once. */
const FRESH_MS = 1_000

export interface CountedUntilParts {
  readonly admin: Pick<Admin, 'connect' | 'disconnect' | 'fetchTopicOffsets'>
  readonly store: Pick<AnalyticsStore, 'progress'>
  readonly clock: Clock
  readonly logger: Logger
}

export class CountedUntil {
  readonly #parts: CountedUntilParts
  #underWay: Promise<number | undefined> | undefined
  #freshUntilMs = -Infinity
  #isConnected = false

  constructor(parts: CountedUntilParts) {
    this.#parts = parts
  }

  /**
   * In milliseconds of the epoch: when nothing was on the log that is not counted; where something is, the newest event
   * that is counted of the partition that is furthest behind. Never rejects.
   *
   * @returns undefined while Kafka does not answer, or a partition waits of which nothing is counted yet
   */
  at(): Promise<number | undefined> {
    if (performance.now() >= this.#freshUntilMs || this.#underWay === undefined) {
      this.#freshUntilMs = performance.now() + FRESH_MS
      this.#underWay = this.#look()
    }
    return this.#underWay
  }

  async close(): Promise<void> {
    await this.#parts.admin.disconnect().catch(() => undefined)
  }

  async #look(): Promise<number | undefined> {
    const { admin, store, clock, logger } = this.#parts
    try {
      const nowMs = clock.now()
      if (!this.#isConnected) await admin.connect()
      this.#isConnected = true
      const ends = await admin.fetchTopicOffsets(EVENTS_TOPIC)
      const progress = await store.progress()
      const behind = ends
        .filter(
          ({ partition, low, high }) => Number(high) > Math.max(Number(low), progress.get(partition)?.nextOffset ?? 0),
        )
        .map(({ partition }) => progress.get(partition)?.eventAtMs)
      return behind.reduce<number | undefined>(earlier, nowMs)
    } catch (error) {
      this.#isConnected = false
      logger.debug({ err: error }, 'nobody says how far analytics is')
      return undefined
    }
  }
}

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : Math.min(a, b)
