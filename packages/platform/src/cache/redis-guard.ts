/**
 * Keeps a Redis that is slow or away from slowing anything else down, and says since when its content can be trusted.
 *
 * A command has a bounded time (150 ms by default). Three failures in a row open a circuit, and from then on commands fail
 * at once until a heartbeat passes again. The heartbeat runs whether or not there is traffic. It writes: a Redis that
 * answers and takes nothing (paused, out of memory, a replica) is away as well. A connection that has fallen silent is
 * dropped.
 *
 * Trust: while Redis is away, writers cannot tell it of newer versions, and readers answer newer ones from replicas. A
 * Redis that comes back with what it held before (paused, cut off, restarted from a snapshot) would then answer with
 * older versions than were served meanwhile. So after an outage an entry counts only if it was known to be current
 * after the recovery and a quarantine; the quarantine is for the other processes, which may notice the recovery later
 * than this one. What was cached before costs one coalesced read each, as after FLUSHALL. At the beginning of an outage it
 * is the other way round: a writer whose write has failed waits until every other process must have noticed, before it
 * shows what the cache does not have ({@link RedisGuard.untilNoticed}).
 */
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll, type CircuitBreakerPolicy } from 'cockatiel'
import type { Redis } from 'ioredis'
import { systemClock, type Clock } from '../clock.ts'
import { dropWhenSilent } from './redis-heartbeat.ts'

const FAILURES_TO_OPEN = 3
const HALF_OPEN_AFTER_MS = 300
const HEARTBEAT_MS = 250
/** One that is late may be a machine that is busy. */
const MISSED_HEARTBEATS = 2
const HEARTBEAT_KEY = 'alive'

export interface RedisGuardOptions {
  /** A command without an answer by then has failed. */
  readonly timeoutMs: number
  /** How long after an outage nothing cached is trusted: more than another process takes to notice that it is over. */
  readonly quarantineMs: number
  readonly clock?: Clock
}

/** Redis did not answer in time. */
export class RedisTimeoutError extends Error {
  readonly code = 'redis_timeout'
}

/** Runs commands within the time and the circuit of one connection. */
export class RedisGuard {
  readonly #redis: Redis
  readonly #options: RedisGuardOptions
  readonly #clock: Clock
  readonly #circuit: CircuitBreakerPolicy
  readonly #heartbeat: NodeJS.Timeout
  #isOutage = false
  #trustedSinceMs = 0
  #missed = 0
  /** When the first write failed that no heartbeat has followed; on the clock of `performance`. */
  #failedAtMs: number | undefined

  constructor(redis: Redis, options: RedisGuardOptions) {
    this.#redis = redis
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#circuit = circuitBreaker(handleAll, {
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
      halfOpenAfter: HALF_OPEN_AFTER_MS,
    })
    this.#circuit.onBreak(() => {
      this.#isOutage = true
    })
    redis.on('close', () => {
      this.#isOutage = true
    })
    dropWhenSilent(redis)
    this.#heartbeat = setInterval(() => {
      void this.#beat()
    }, HEARTBEAT_MS).unref()
  }

  /** Whether commands pass at present. */
  get isAway(): boolean {
    return this.#redis.status !== 'ready' || this.#circuit.state === CircuitState.Open
  }

  /** Entries that were last known to be current before this moment (ms of the epoch) are not to be answered with. */
  get trustedSinceMs(): number {
    return this.#isOutage ? Infinity : this.#trustedSinceMs
  }

  /**
   * Runs one command.
   *
   * @throws RedisTimeoutError · cockatiel's BrokenCircuitError at once while the circuit is open · what ioredis throws
   */
  run<T>(command: () => Promise<T>): Promise<T> {
    return this.#circuit.execute(() => within(this.#options.timeoutMs, command()))
  }

  /** A write of a newer version has failed, or may have. */
  noteFailedWrite(): void {
    this.#failedAtMs ??= performance.now()
  }

  /**
   * Resolves when no write has failed lately, or every process must have noticed that writes fail: by then none answers
   * from the cache any more, and what it does not hold can be shown. Bounded by three quarters of a second.
   */
  async untilNoticed(): Promise<void> {
    if (this.#failedAtMs === undefined) return
    const noticedAtMs = this.#failedAtMs + MISSED_HEARTBEATS * HEARTBEAT_MS + this.#options.timeoutMs
    const leftMs = noticedAtMs - performance.now()
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs))
  }

  async #beat(): Promise<void> {
    try {
      await this.run(() => this.#redis.set(HEARTBEAT_KEY, '', 'PX', HEARTBEAT_MS))
      this.#missed = 0
      this.#failedAtMs = undefined
      if (!this.#isOutage) return
      this.#isOutage = false
      this.#trustedSinceMs = this.#clock.now() + this.#options.quarantineMs
    } catch {
      this.noteFailedWrite()
      this.#missed++
      if (this.#missed >= MISSED_HEARTBEATS) this.#isOutage = true
    }
  }

  /** Stops the heartbeat. The connection is its owner's to close. */
  close(): void {
    clearInterval(this.#heartbeat)
  }
}

/**
 * The answer, or RedisTimeoutError after `timeoutMs`. A process that was itself busy for longer than that finds timer and
 * answer due in the same turn of the event loop, timers first: the answer gets its chance before the command has failed.
 */
function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => {
        reject(new RedisTimeoutError(`no answer within ${timeoutMs} ms`))
      })
    }, timeoutMs)
    const settle = (): void => {
      clearTimeout(timer)
    }
    answer.then(resolve, reject).finally(settle)
  })
}
