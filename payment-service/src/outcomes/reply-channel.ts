import { z } from 'zod'
import type { Redis } from 'ioredis'
import { outcomeSchema } from '@paycluster/contracts'
import { dropWhenSilent } from '@paycluster/platform/cache/redis-heartbeat'
import type { Logger } from '@paycluster/platform/logging'
import type { OutcomeWaiters } from './outcome-waiters.ts'

const outcomesSchema = z.array(outcomeSchema)

/** The channel on which the worker answers the commands of one instance. */
const replyChannelOf = (instance: string): string => `reply:${instance}`

/**
 * Listens for the outcomes of this instance's commands, on a connection of its own. While it does not listen, nobody
 * should wait: the answer would be lost. A connection that has fallen silent hears nothing either, and is left for a new
 * one.
 */
export class ReplyChannel {
  readonly name: string
  readonly #redis: Redis
  readonly #waiters: OutcomeWaiters
  readonly #logger: Logger
  #listening = false

  /** @param redis  a connection that nothing else uses: subscribed, it takes no other commands */
  constructor(instance: string, redis: Redis, waiters: OutcomeWaiters, logger: Logger) {
    this.name = replyChannelOf(instance)
    this.#redis = redis
    this.#waiters = waiters
    this.#logger = logger
    redis.on('message', (_channel: string, message: string) => {
      this.#receive(message)
    })
    redis.on('ready', () => {
      void this.#subscribe()
    })
    redis.on('close', () => {
      this.#listening = false
    })
    dropWhenSilent(redis)
  }

  get isListening(): boolean {
    return this.#listening
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#redis.subscribe(this.name)
      this.#listening = true
    } catch (error) {
      this.#logger.warn({ err: error, channel: this.name }, 'cannot listen for outcomes')
      // Only a new connection brings the next attempt.
      this.#redis.disconnect(true)
    }
  }

  #receive(message: string): void {
    try {
      for (const outcome of outcomesSchema.parse(JSON.parse(message))) this.#waiters.deliver(outcome)
    } catch (error) {
      this.#logger.error({ err: error, channel: this.name }, 'an outcome cannot be read')
    }
  }
}
