import type { Logger } from '../logging.ts'
import type { TopicConnection } from './topic-connection.ts'

/** An idle connection is asked this often whether it still leads anywhere. */
const PROBE_INTERVAL_MS = 5_000
const RECONNECT_MIN_MS = 100
const RECONNECT_MAX_MS = 1_000

export interface KeptConnectionOptions {
  readonly connect: () => Promise<TopicConnection>
  readonly logger: Logger
  /** Called at every new connection. */
  readonly onConnected: (nowMs: number) => void
}

/**
 * A connection to a topic that is made anew when it fails: with backoff, for ever, and without traffic.
 *
 * Times are milliseconds of `performance.now()`.
 */
export class KeptConnection {
  readonly #options: KeptConnectionOptions
  #current: TopicConnection | undefined
  #disconnectedAtMs = performance.now()
  #aliveAtMs = Number.NEGATIVE_INFINITY
  #failedAtMs = Number.NEGATIVE_INFINITY
  #isProbing = false
  #isGivenUp = false

  constructor(options: KeptConnectionOptions) {
    this.#options = options
  }

  /** Undefined while there is none. */
  get current(): TopicConnection | undefined {
    return this.#current
  }

  /** How long there has been no connection: 0 with one. */
  awayForMs(nowMs: number): number {
    return this.#current === undefined ? nowMs - this.#disconnectedAtMs : 0
  }

  /** Whether the newest sign was a failure, a short while ago. */
  hasJustFailed(nowMs: number): boolean {
    return this.#failedAtMs > this.#aliveAtMs && nowMs - this.#failedAtMs < PROBE_INTERVAL_MS
  }

  /** Begins to connect, in the background and for as long as it takes. */
  start(): void {
    void this.#connect()
  }

  /** Takes note of an acknowledgement. */
  acknowledged(nowMs: number): void {
    this.#aliveAtMs = nowMs
  }

  /** Replaces a connection that failed. One that was replaced already is old news. */
  replace(failed: TopicConnection, error: unknown): void {
    this.#failedAtMs = performance.now()
    if (failed !== this.#current) return
    this.#current = undefined
    this.#disconnectedAtMs = this.#failedAtMs
    this.#options.logger.warn({ err: error }, 'kafka: a send failed, connecting anew')
    void failed.close().catch(() => undefined)
    void this.#connect()
  }

  /** Asks for a sign of life when there has been none for a while. */
  async probe(nowMs: number): Promise<void> {
    const connection = this.#current
    if (connection === undefined || this.#isProbing || nowMs - this.#aliveAtMs <= PROBE_INTERVAL_MS) return
    this.#isProbing = true
    try {
      await connection.probe()
      this.#aliveAtMs = performance.now()
    } catch (error) {
      this.replace(connection, error)
    } finally {
      this.#isProbing = false
    }
  }

  /** Tries no further connection; the one that there is stays. */
  giveUp(): void {
    this.#isGivenUp = true
  }

  async close(): Promise<void> {
    await this.#current?.close()
  }

  async #connect(): Promise<void> {
    const { connect, logger, onConnected } = this.#options
    let delayMs = RECONNECT_MIN_MS
    while (!this.#isGivenUp) {
      try {
        this.#current = await connect()
        this.#aliveAtMs = performance.now()
        logger.info('kafka: connected')
        onConnected(this.#aliveAtMs)
        return
      } catch (error) {
        if (delayMs === RECONNECT_MIN_MS) logger.warn({ err: error }, 'kafka: cannot connect, trying on')
        await new Promise((resolve) => setTimeout(resolve, delayMs * (0.5 + Math.random() / 2)))
        delayMs = Math.min(RECONNECT_MAX_MS, delayMs * 2)
      }
    }
  }
}
