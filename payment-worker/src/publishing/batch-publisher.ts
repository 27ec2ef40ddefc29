/**
 * Publishes posted batches: cache, replies, events, dead letters and what follows from them; in the order of their posting, one batch at a time,
 * while the next one is being posted.
 *
 * The cache and the replies come first, because somebody waits for them, and are tried once: Redis holds nothing that
 * is authoritative. Events and dead letters are tried until Kafka has them: only then may the batch's offsets be
 * committed. A process that dies between posting and publishing leaves that to the next reader of the same offsets.
 */
import { ExponentialBackoff, handleAll, retry } from 'cockatiel'
import type { Redis } from 'ioredis'
import type { Message } from 'kafkajs'
import { idempotencyRecordKey } from '@paycluster/platform/idempotency/idempotency-record'
import type { ReadinessCheck } from '@paycluster/platform/http/readiness'
import type { VersionedCache } from '@paycluster/platform/cache/versioned-cache'
import type { Clock } from '@paycluster/platform/clock'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Logger } from '@paycluster/platform/logging'
import type { BatchCommand } from '../posting/batch-command.ts'
import { isConflict, type PostedBatch } from '../posting/posted-batch.ts'
import { cutByBytes, messageBytes } from './by-bytes.ts'
import { toAddedEntries, toCacheEntries } from './cache-entries.ts'
import { toEventMessage } from './events.ts'
import { toFollowUp } from './follow-ups.ts'
import { toReplies } from './replies.ts'
import { writeOutcomes, type WrittenOutcome } from './written-outcome.ts'

/** Where messages go; rejects when they may not have arrived. */
export interface MessageSink {
  send(messages: readonly Message[]): Promise<void>
}

export interface PublisherParts {
  readonly cache: VersionedCache
  readonly redis: Redis
  readonly events: MessageSink
  readonly deadLetters: MessageSink
  /** `payment.commands`. */
  readonly commands: MessageSink
  readonly ids: IdCodec
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

/** All of a send may go to one partition, whose broker takes a record batch of 1 MiB at most. */
const SEND_LIMITS = { maxBytes: 512 * 1024, maxCount: 1000 }
/** A subscriber that is sent more than it takes is cut off by Redis. */
const REPLY_LIMITS = { maxBytes: 256 * 1024, maxCount: 1000 }
const STALLED_AFTER_MS = 5_000

const RETRY_BACKOFF = new ExponentialBackoff({ initialDelay: 100, maxDelay: 5_000 })

/** The id that a command's Idempotency-Key stands for. */
const keyIdOf = (command: BatchCommand): string =>
  command.type === 'payment' && command.batch !== undefined ? command.batch.id : command.command.id

/** Publishes one batch after the other. */
export class BatchPublisher {
  readonly #parts: PublisherParts
  readonly #givenUp = new AbortController()
  #last: Promise<void> = Promise.resolve()
  #startedAtMs: number | undefined
  #lastError: string | undefined

  constructor(parts: PublisherParts) {
    this.#parts = parts
  }

  /** Not ready while a batch finds no way out: posting stands still soon after. */
  readonly readiness: ReadinessCheck = {
    name: 'publishing',
    reason: () => {
      const waitedMs = this.#startedAtMs === undefined ? 0 : performance.now() - this.#startedAtMs
      if (waitedMs < STALLED_AFTER_MS) return undefined
      return `a batch has not been published for ${Math.round(waitedMs / 1000)} s: ${this.#lastError ?? 'Kafka does not answer'}`
    },
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

  async #publish(publication: Publication): Promise<void> {
    this.#startedAtMs = performance.now()
    this.#lastError = undefined
    try {
      await this.#publishAll(publication)
    } finally {
      this.#startedAtMs = undefined
    }
  }

  async #publishAll({ posted, traceparents, deadLetters }: Publication): Promise<void> {
    const { clock, events, commands, ids } = this.#parts
    const nowMs = clock.now()
    const batches = posted.map((batch) => ({ batch, written: writeOutcomes(batch) }))
    await Promise.all(
      batches.flatMap(({ batch, written }) => [this.#cache(batch, written, nowMs), this.#reply(batch, written)]),
    )
    const messages = batches.flatMap(({ batch: { position }, written }) =>
      written.flatMap((one) => toEventMessage(one, position, traceparents.get(one.outcome.command.command.id))),
    )
    await this.#sendUntilAcknowledged(events, messages)
    await this.#sendUntilAcknowledged(this.#parts.deadLetters, deadLetters)
    const outcomes = batches.flatMap(({ written }) => written.map(({ outcome }) => outcome))
    const followUps = outcomes.flatMap((outcome) => (outcome.type === 'letter' ? toFollowUp(ids, outcome) : []))
    await this.#sendUntilAcknowledged(commands, followUps)
  }

  /** Newest entries before balances: a reader that meets only the first of the two takes them for the newer state. */
  async #cache(batch: PostedBatch, written: readonly WrittenOutcome[], nowMs: number): Promise<void> {
    const { cache } = this.#parts
    await Promise.all([
      cache.extendNewestEntries(toAddedEntries(batch, nowMs)),
      cache.putIfNewer(toCacheEntries(batch, written, nowMs)),
      this.#forgetConflictingKeys(batch),
    ])
  }

  /**
   * The record of a key whose command the ledger refused for its body may be the refused body's: with the cache lost, that
   * one came first. The client with the right body must not be refused for it.
   */
  async #forgetConflictingKeys({ outcomes }: PostedBatch): Promise<void> {
    const ids = new Set(outcomes.filter(isConflict).map(({ command }) => keyIdOf(command)))
    if (ids.size === 0) return
    try {
      await this.#parts.redis.unlink([...ids].map(idempotencyRecordKey))
    } catch (error) {
      // Gone with Redis, or refused until its day is over.
      this.#parts.logger.debug({ err: error }, 'could not forget idempotency keys')
    }
  }

  async #reply({ outcomes }: PostedBatch, written: readonly WrittenOutcome[]): Promise<void> {
    const { redis, logger } = this.#parts
    try {
      for (const [channel, texts] of toReplies(outcomes, written)) {
        const pieces = cutByBytes(texts, (text) => Buffer.byteLength(text), REPLY_LIMITS)
        await Promise.all(pieces.map((piece) => redis.publish(channel, `[${piece.join(',')}]`)))
      }
    } catch (error) {
      // Whoever waits gets 202 when its time is over, and reads the state.
      logger.debug({ err: error }, 'could not reply')
    }
  }

  async #sendUntilAcknowledged(sink: MessageSink, messages: readonly Message[]): Promise<void> {
    const policy = retry(handleAll, { maxAttempts: Number.MAX_SAFE_INTEGER, backoff: RETRY_BACKOFF })
    policy.onFailure(({ reason }) => {
      const error: unknown = 'error' in reason ? reason.error : reason
      this.#lastError = error instanceof Error ? error.message : undefined
      this.#parts.logger.warn({ err: error }, 'could not publish, trying again')
    })
    for (const piece of cutByBytes(messages, messageBytes, SEND_LIMITS))
      await policy.execute(() => sink.send(piece), this.#givenUp.signal)
  }
}
