/**
 * Says that alerts stand still. They are kept at the primary: while it takes nothing, none of them is raised, and that is
 * told past it. Each process for itself; what it has told is forgotten with it.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '@paycluster/platform/clock'
import { isoTime } from '@paycluster/platform/iso-time'
import type { Logger } from '@paycluster/platform/logging'
import type { Channel } from '../notifying/channel.ts'

/** A primary that is started again is back by then. */
const PATIENCE_MS = 60_000
const REPEAT_MS = 3_600_000

export interface StandstillParts {
  readonly instance: string
  readonly channels: readonly Channel[]
  readonly clock: Clock
  readonly logger: Logger
}

export class Standstill {
  readonly #parts: StandstillParts
  #sinceMs: number | undefined
  #toldMs: number | undefined

  constructor(parts: StandstillParts) {
    this.#parts = parts
  }

  /** A look has failed. */
  async lasts(error: unknown): Promise<void> {
    const nowMs = this.#parts.clock.now()
    this.#sinceMs ??= nowMs
    const isDue = this.#toldMs === undefined ? nowMs - this.#sinceMs >= PATIENCE_MS : nowMs - this.#toldMs >= REPEAT_MS
    if (!isDue) return
    this.#toldMs = nowMs
    const why = Error.isError(error) ? error.message : 'nothing can be written down'
    await this.#tell(`alerts stand still since ${isoTime(this.#sinceMs)}: ${why}`)
  }

  /** A look was taken. */
  async ended(): Promise<void> {
    const wasTold = this.#toldMs !== undefined
    this.#sinceMs = undefined
    this.#toldMs = undefined
    if (wasTold) await this.#tell('alerts are looked after again')
  }

  async #tell(what: string): Promise<void> {
    const { instance, channels, clock, logger } = this.#parts
    const text = `[critical] ${instance}: ${what}`
    const payload = { type: 'alerts.standstill', timestamp: isoTime(clock.now()), data: { instance, detail: what } }
    const message = { id: randomUUID(), severity: 'critical', text, payload: JSON.stringify(payload) } as const
    for (const { name, outcome } of await Promise.all(
      channels.map(async (channel) => ({ name: channel.name, outcome: await channel.send(message) })),
    ))
      if (outcome.error !== null)
        logger.warn({ channel: name, error: outcome.error }, 'could not tell of the standstill')
  }
}
