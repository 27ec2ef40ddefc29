/**
 * Posting goes first. Whoever listens has a second to spare, and takes a fifth of the rate at which payments are posted
 * where both are at work on the same machine: so before each batch it lets pass what waits in `payment.commands`.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { Counter, type Registry } from 'prom-client'
import { COMMANDS_TOPIC, WORKER_GROUP } from '@paycluster/contracts'
import type { Logger } from '@paycluster/platform/logging'
import { groupLag } from './cluster/group-lags.ts'

/** Four batches of the worker's: less is on its way at any load that it keeps up with. */
const MAX_WAITING = 2000
const LOOK_EVERY_MS = 500
/** A batch waits no longer, whatever waits there: who listens gets on, if slowly. */
const LONGEST_MS = 5_000
const STEP_MS = 50

export interface RightOfWayParts {
  readonly admin: Pick<Admin, 'connect' | 'disconnect' | 'fetchTopicOffsets' | 'fetchOffsets'>
  readonly registry: Registry
  readonly logger: Logger
}

export class RightOfWay {
  readonly #parts: RightOfWayParts
  readonly #yielded: Counter
  readonly #stop = new AbortController()
  #waiting = 0
  #looking: Promise<void> = Promise.resolve()

  constructor(parts: RightOfWayParts) {
    this.#parts = parts
    this.#yielded = new Counter({
      name: 'events_yielded_seconds_total',
      help: 'Time for which batches of events were held back so that payments are posted first',
      registers: [parts.registry],
    })
  }

  /** Looks again and again, in the background: Kafka need not be there yet. */
  start(): void {
    this.#looking = this.#look()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#looking
    await this.#parts.admin.disconnect().catch(() => undefined)
  }

  /** Resolves when little waits to be posted, or after five seconds, or when the signal is given. */
  async wait(signal: AbortSignal): Promise<void> {
    const startedMs = performance.now()
    while (this.#waiting > MAX_WAITING && !signal.aborted && performance.now() - startedMs < LONGEST_MS)
      await delay(STEP_MS, undefined, { signal }).catch(() => undefined)
    this.#yielded.inc((performance.now() - startedMs) / 1000)
  }

  async #look(): Promise<void> {
    const { admin, logger } = this.#parts
    let isConnected = false
    while (!this.#stop.signal.aborted) {
      try {
        if (!isConnected) await admin.connect()
        isConnected = true
        this.#waiting = (await groupLag(admin, WORKER_GROUP, COMMANDS_TOPIC)).lag
      } catch (error) {
        // Nothing is posted without Kafka, and nothing is told.
        isConnected = false
        this.#waiting = 0
        logger.debug({ err: error }, 'could not look at what waits to be posted')
      }
      await delay(LOOK_EVERY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined)
    }
  }
}
