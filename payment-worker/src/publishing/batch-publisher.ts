/**
 * Publishes posted batches: cache, replies, events, dead letters; in the order of their posting, one batch at a time,
 * while the next one is being posted.
 *
 * The cache and the replies come first, because somebody waits for them, and are tried once: Redis holds nothing that
 * is authoritative. Events and dead letters are tried until Kafka has them: only then may the batch's offsets be
 * committed. A process that dies between posting and publishing leaves that to the next reader of the same offsets.
 */
import { ExponentialBackoff, handleAll, retry } from 'cockatiel'
import type { Redis } from 'ioredis'
import type { Message } from 'kafkajs'
import type { VersionedCache } from '@paycluster/platform/cache/versioned-cache'
import type { Clock } from '@paycluster/platform/clock'
import type { Logger } from '@paycluster/platform/logging'
import type { PostedBatch } from '../posting/posted-batch.ts'
import { toAddedEntries, toCacheEntries } from './cache-entries.ts'
import { toEventMessage } from './events.ts'
import { toReplies } from './replies.ts'

/** Where messages go; rejects when they may not have arrived. */
export interface MessageSink {
  send(messages: readonly Message[]): Promise<void>
}

export interface PublisherParts {
  readonly cache: VersionedCache
  readonly redis: Redis
  readonly events: MessageSink
  readonly deadLetters: MessageSink
  readonly clock: Clock
  readonly logger: Logger
}

/** What a batch leaves to publish. */
export interface Publication {
  /** Usually one; more when a poison message had to be isolated. */
  readonly posted: readonly PostedBatch[]
  readonly traceparents: ReadonlyMap<string, string>
  readonly deadLetters: readonly Message[]
}

/** kafkajs takes a message set of this many in one request of about 1 MB. */
const EVENTS_PER_SEND = 1000

const RETRY_BACKOFF = new ExponentialBackoff({ initialDelay: 100, maxDelay: 5_000 })

/** Publishes one batch after the other. */
export class BatchPublisher {
  readonly #parts: PublisherParts
  readonly #givenUp = new AbortController()
  #last: Promise<void> = Promise.resolve()

  constructor(parts: PublisherParts) {
    this.#parts = parts
  }

  /**
   * Resolves when everything of the batch is published. Rejects only after {@link giveUp}: then it may not be.
   */
  publish(publication: Publication): Promise<void> {
    const published = this.#last.then(() => this.#publish(publication))
    this.#last = published.catch(() => undefined)
    return published
  }

  /** Ends the attempts that are still going on: the next owner of the partitions publishes those batches. */
  giveUp(): void {
    this.#givenUp.abort()
  }

  async #publish({ posted, traceparents, deadLetters }: Publication): Promise<void> {
    const { clock, events } = this.#parts
    const nowMs = clock.now()
    await Promise.all(posted.flatMap((batch) => [this.#cache(batch, nowMs), this.#reply(batch)]))
    const messages = posted.flatMap(({ outcomes, position }) =>
      outcomes.map((outcome) => toEventMessage(outcome, position, traceparents.get(outcome.command.command.id))),
    )
    for (let from = 0; from < messages.length; from += EVENTS_PER_SEND)
      await this.#sendUntilAcknowledged(events, messages.slice(from, from + EVENTS_PER_SEND))
    if (deadLetters.length > 0) await this.#sendUntilAcknowledged(this.#parts.deadLetters, deadLetters)
  }

  /** Newest entries before balances: a reader that meets only the first of the two takes them for the newer state. */
  async #cache(batch: PostedBatch, nowMs: number): Promise<void> {
    const { cache } = this.#parts
    await Promise.all([
      cache.extendNewestEntries(toAddedEntries(batch, nowMs)),
      cache.putIfNewer(toCacheEntries(batch, nowMs)),
    ])
  }

  async #reply(batch: PostedBatch): Promise<void> {
    const { redis, logger } = this.#parts
    try {
      await Promise.all(
        [...toReplies(batch)].map(([channel, outcomes]) => redis.publish(channel, JSON.stringify(outcomes))),
      )
    } catch (error) {
      // Whoever waits gets 202 when its time is over, and reads the state.
      logger.debug({ err: error }, 'could not reply')
    }
  }

  async #sendUntilAcknowledged(sink: MessageSink, messages: readonly Message[]): Promise<void> {
    const policy = retry(handleAll, { maxAttempts: Number.MAX_SAFE_INTEGER, backoff: RETRY_BACKOFF })
    policy.onFailure(({ reason }) => {
      this.#parts.logger.warn({ err: 'error' in reason ? reason.error : reason }, 'could not publish, trying again')
    })
    await policy.execute(() => sink.send(messages), this.#givenUp.signal)
  }
}
