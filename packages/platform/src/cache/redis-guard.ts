/**
 * Keeps a Redis that is slow or away from slowing anything else down, and says since when its content can be trusted.
 *
 * A command has a bounded time (150 ms by default). Three failures in a row open a circuit, and from then on commands fail at once until a
 * heartbeat passes again. The heartbeat runs whether or not there is traffic. A connection that has fallen silent is
 * dropped.
 *
 * Trust: while Redis is away, writers cannot tell it of newer versions, and readers answer newer ones from replicas. A
 * Redis that comes back with what it held before (paused, cut off, restarted from a snapshot) would then answer with
 * older versions than were served meanwhile. So after an outage an entry counts only if it was known to be current
 * after the recovery and a quarantine; the quarantine is for the other processes, which may notice the recovery later
 * than this one. What was cached before costs one coalesced read each, as after FLUSHALL.
 */
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll, type CircuitBreakerPolicy } from 'cockatiel'
import type { Redis } from 'ioredis'
import { systemClock, type Clock } from '../clock.ts'
import { dropWhenSilent } from './redis-heartbeat.ts'

const FAILURES_TO_OPEN = 3
const HALF_OPEN_AFTER_MS = 300
const HEARTBEAT_MS = 250

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
      this.run(() => this.#redis.ping()).catch(() => undefined)
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
  async run<T>(command: () => Promise<T>): Promise<T> {
    const answer = await this.#circuit.execute(() => within(this.#options.timeoutMs, command()))
    if (this.#isOutage) {
      this.#isOutage = false
      this.#trustedSinceMs = this.#clock.now() + this.#options.quarantineMs
    }
    return answer
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
