/**
 * Tells our client of ends: a few at a time, each until it is taken or its tries are over. They are in memory alone and
 * may be lost with the process, as a bank's are: what has to be certain is asked for.
 */
import {
  BulkheadRejectedError,
  ExponentialBackoff,
  bulkhead,
  handleAll,
  noJitterGenerator,
  retry,
  wrap,
} from 'cockatiel'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Logger } from '@paycluster/platform/logging'
import type { Callback } from './callback.ts'
import type { SendCallback } from './callback-sender.ts'

const CONCURRENCY = 8
const MAX_WAITING = 10_000
const FIRST_DELAY_MS = 200
const MAX_DELAY_MS = 10_000

export interface CallbackOptions {
  readonly send: SendCallback
  /** Tries of one callback. */
  readonly attempts: number
  readonly registry: Registry
  readonly logger: Logger
}

type Result = 'delivered' | 'failed_attempt' | 'given_up' | 'dropped'

export class Callbacks {
  readonly #options: CallbackOptions
  readonly #places = bulkhead(CONCURRENCY, MAX_WAITING)
  readonly #retries
  readonly #counter: Counter<'result'>
  readonly #stopped = new AbortController()

  constructor(options: CallbackOptions) {
    this.#options = options
    this.#retries = retry(handleAll, {
      maxAttempts: options.attempts - 1,
      backoff: new ExponentialBackoff({
        initialDelay: FIRST_DELAY_MS,
        maxDelay: MAX_DELAY_MS,
        generator: noJitterGenerator,
      }),
    })
    this.#counter = new Counter({
      name: 'bank_callbacks_total',
      help: 'Callbacks, by what became of them',
      labelNames: ['result'],
      registers: [options.registry],
    })
    const places = this.#places
    new Gauge({
      name: 'bank_callbacks_waiting',
      help: 'Callbacks that wait for their turn',
      registers: [options.registry],
      collect() {
        this.set(MAX_WAITING - places.queueSlots)
      },
    })
  }

  /** Sends it in its turn, unless too many wait already: then it is dropped, and counted. */
  post(callback: Callback): void {
    const { logger } = this.#options
    const count = (result: Result): void => {
      this.#counter.inc({ result })
    }
    wrap(this.#places, this.#retries)
      .execute(({ signal }) => this.#try(callback, signal, count), this.#stopped.signal)
      .catch((error: unknown) => {
        count(error instanceof BulkheadRejectedError ? 'dropped' : 'given_up')
        logger.warn({ err: error, webhook_id: callback.id }, 'a callback was not delivered')
      })
  }

  /** Gives up what waits. */
  stop(): void {
    this.#stopped.abort()
  }

  async #try(callback: Callback, signal: AbortSignal, count: (result: Result) => void): Promise<void> {
    try {
      await this.#options.send(callback, signal)
    } catch (error) {
      count('failed_attempt')
      throw error
    }
    count('delivered')
  }
}
