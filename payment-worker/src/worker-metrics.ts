import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { IsolatedBatch } from './posting/post-isolating.ts'
import type { CommandOutcome } from './posting/posted-batch.ts'

const LATENCY_BUCKETS_S = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60]
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** What the worker counts. */
export class WorkerMetrics {
  readonly #commands: Counter<'result'>
  readonly #deadLetters: Counter
  readonly #batchSize: Histogram
  readonly #acceptedToApplied: Histogram

  /** @param unpublished  batches that are posted and not published yet */
  constructor(registry: Registry, unpublished: () => number) {
    const registers = [registry]
    this.#commands = new Counter({
      name: 'worker_commands_total',
      help: 'Commands by what became of them: a payment’s status, what was done to an account, the outcome of an operation',
      labelNames: ['result'],
      registers,
    })
    this.#deadLetters = new Counter({ name: 'worker_dead_letters_total', help: 'Commands given up', registers })
    this.#batchSize = new Histogram({
      name: 'worker_batch_commands',
      help: 'Commands in one transaction',
      buckets: BATCH_BUCKETS,
      registers,
    })
    this.#acceptedToApplied = new Histogram({
      name: 'worker_accepted_to_applied_seconds',
      help: 'From the acceptance of a command to its commit',
      buckets: LATENCY_BUCKETS_S,
      registers,
    })
    new Gauge({
      name: 'worker_unpublished_batches',
      help: 'Batches that are posted and not published yet',
      registers,
      collect() {
        this.set(unpublished())
      },
    })
  }

  /** @param nowMs  when it was committed */
  posted({ posted }: IsolatedBatch, nowMs: number): void {
    for (const { outcomes } of posted) {
      this.#batchSize.observe(outcomes.length)
      for (const outcome of outcomes) {
        const { created_at_ms } = outcome.command.command
        this.#acceptedToApplied.observe(Math.max(0, nowMs - created_at_ms) / 1000)
        this.#commands.inc({ result: resultOf(outcome) })
      }
    }
  }

  deadLetters(count: number): void {
    this.#deadLetters.inc(count)
  }
}

/** Bounded: kinds and states, never ids. */
function resultOf(outcome: CommandOutcome): string {
  switch (outcome.type) {
    case 'payment':
      return outcome.payment.status
    case 'account':
      return outcome.change
    case 'operation': {
      const hasFailed = outcome.problem !== undefined || outcome.refund?.status === 'failed'
      return `${outcome.operation}_${hasFailed ? 'failed' : 'succeeded'}`
    }
    case 'limits':
      return 'limited'
    case 'access':
      return outcome.hasChanged ? outcome.change.replace('.', '_') : 'unchanged'
    case 'letter':
      return `letter_${outcome.letter.state}`
    case 'refused':
      return 'refused'
  }
}
