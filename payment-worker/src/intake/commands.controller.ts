/**
 * The worker's one entry: whole batches of commands.
 *
 *     parse ─▶ post (until the primary takes it) ─▶ publish, while the next batch is being posted
 */
import { Controller, Inject } from '@nestjs/common'
import { MessagePattern, Payload } from '@nestjs/microservices'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { BatchVerdict, MessageBatch } from '@paycluster/platform/kafka/message-batch'
import type { Logger } from '@paycluster/platform/logging'
import { toDeadLetter, type DeadLetter, type SourceMessage } from '../dead-letters/dead-letter.ts'
import type { Poster, RefusedBatch } from '../posting/post-batch.ts'
import type { IsolatedBatch } from '../posting/post-isolating.ts'
import { postUntilTaken } from '../posting/post-until-taken.ts'
import type { PostingWatch } from '../posting/posting-watch.ts'
import type { BatchPublisher } from '../publishing/batch-publisher.ts'
import type { WorkerMetrics } from '../worker-metrics.ts'
import { parseCommands, type ParsedBatch } from './parse-commands.ts'

export interface IntakeParts {
  readonly poster: Poster
  readonly publisher: BatchPublisher
  readonly watch: PostingWatch
  readonly metrics: WorkerMetrics
  readonly clock: Clock
  readonly logger: Logger
}

export const INTAKE_PARTS = Symbol('intake parts')

@Controller()
export class CommandsController {
  readonly #parts: IntakeParts

  constructor(@Inject(INTAKE_PARTS) parts: IntakeParts) {
    this.#parts = parts
  }

  @MessagePattern(COMMANDS_TOPIC)
  async handle(@Payload() batch: MessageBatch): Promise<BatchVerdict> {
    const parsed = parseCommands(batch)
    let result: IsolatedBatch | RefusedBatch
    try {
      result = await this.#post(batch, parsed)
    } catch (error) {
      if (batch.signal.aborted) return { kind: 'abandoned' }
      throw error
    }
    if ('refused' in result) return { kind: 'rewind', offsets: result.refused }
    this.#parts.metrics.posted(result, this.#parts.clock.now())
    const published = this.#parts.publisher.publish({
      posted: result.posted,
      traceparents: parsed.traceparents,
      deadLetters: this.#toDeadLetters(parsed, result),
    })
    return { kind: 'handled', published }
  }

  #post(batch: MessageBatch, parsed: ParsedBatch): Promise<IsolatedBatch | RefusedBatch> {
    const { poster, watch, logger } = this.#parts
    const work = {
      topic: batch.topic,
      ranges: batch.slices.map(({ partition, firstOffset, nextOffset }) => ({ partition, firstOffset, nextOffset })),
      commands: parsed.commands.map(({ command }) => command),
    }
    return watch.during((watched) => {
      const onRetry = (error: unknown): void => {
        watched.failed(error)
        logger.warn({ err: error, commands: work.commands.length }, 'could not post, trying again')
      }
      return postUntilTaken(poster, work, { signal: batch.signal, onRetry })
    })
  }

  #toDeadLetters({ commands, poison }: ParsedBatch, result: IsolatedBatch): DeadLetter[] {
    const nowMs = this.#parts.clock.now()
    const sources = new Map(commands.map(({ command, source }) => [command, source] as const))
    const letters = poison.map(({ source, reason }) => toDeadLetter(source, reason, nowMs))
    const given = new Set<SourceMessage>()
    for (const { command, error } of result.poison) {
      const source = sources.get(command)
      // A batch of payments is one message.
      if (source === undefined || given.has(source)) continue
      given.add(source)
      letters.push(toDeadLetter(source, `cannot be posted: ${error.message}`, nowMs))
    }
    if (letters.length > 0) {
      this.#parts.metrics.deadLetters(letters.length)
      const reasons = letters.slice(0, 5).map((letter) => letter.headers['dlq-reason'])
      this.#parts.logger.error({ count: letters.length, reasons }, 'poison commands go to the dead letters')
    }
    return letters
  }
}
