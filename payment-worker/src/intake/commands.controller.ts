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
import { deadLetterOf, toDeadLetterMessage, type DeadLetter } from '../dead-letters/dead-letter.ts'
import type { BatchCommand } from '../posting/batch-command.ts'
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

/** What of a batch goes to the dead letters. */
interface Letters {
  /** Messages that are no commands. */
  readonly unreadable: readonly DeadLetter[]
  /** What a command is that turns out not to be postable. */
  readonly of: (command: BatchCommand, error: Error) => DeadLetter
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
    const letters = this.#lettersOf(parsed)
    let result: IsolatedBatch | RefusedBatch
    try {
      result = await this.#post(batch, parsed, letters)
    } catch (error) {
      if (batch.signal.aborted) return { kind: 'abandoned' }
      throw error
    }
    if ('refused' in result) return { kind: 'rewind', offsets: result.refused }
    this.#parts.metrics.posted(result, this.#parts.clock.now())
    const published = this.#parts.publisher.publish({
      posted: result.posted,
      traceparents: parsed.traceparents,
      deadLetters: this.#givenUp(letters, result).map(toDeadLetterMessage),
    })
    return { kind: 'handled', published }
  }

  #post(batch: MessageBatch, parsed: ParsedBatch, letters: Letters): Promise<IsolatedBatch | RefusedBatch> {
    const { poster, watch, logger } = this.#parts
    const work = {
      topic: batch.topic,
      ranges: batch.slices.map(({ partition, firstOffset, nextOffset }) => ({ partition, firstOffset, nextOffset })),
      commands: parsed.commands.map(({ command }) => command),
      letters: letters.unreadable,
      letterOf: letters.of,
    }
    return watch.during((watched) => {
      const onRetry = (error: unknown): void => {
        watched.failed(error)
        logger.warn({ err: error, commands: work.commands.length }, 'could not post, trying again')
      }
      return postUntilTaken(poster, work, { signal: batch.signal, onRetry })
    })
  }

  #lettersOf({ commands, poison }: ParsedBatch): Letters {
    const nowMs = this.#parts.clock.now()
    const sources = new Map(commands.map(({ command, source }) => [command, source] as const))
    return {
      unreadable: poison.map(({ source, reason }) => deadLetterOf(source, reason, nowMs)),
      of: (command, error) => {
        const source = sources.get(command)
        if (source === undefined) throw new Error('a command of no message cannot be posted')
        return deadLetterOf(source, `cannot be posted: ${error.message}`, nowMs)
      },
    }
  }

  /** A batch of payments is one message. */
  #givenUp(letters: Letters, { poison }: IsolatedBatch): DeadLetter[] {
    const all = [...letters.unreadable, ...poison.map(({ command, error }) => letters.of(command, error))]
    const each = [...new Map(all.map((letter) => [letter.source, letter] as const)).values()]
    if (each.length > 0) {
      this.#parts.metrics.deadLetters(each.length)
      const reasons = each.slice(0, 5).map(({ reason }) => reason)
      this.#parts.logger.error({ count: each.length, reasons }, 'poison commands go to the dead letters')
    }
    return each
  }
}
