/**
 * Carries runs out: keeps their lease, compares, and writes down what came of it.
 *
 *     started ──(a statement: read and kept whole)──▶ compare ──▶ differences and end, in one transaction ──▶ tell
 *        └───────────────── what goes wrong, a stop, a lost lease ─────────────────▶ failed, and nothing is changed
 */
import type { Readable } from 'node:stream'
import { HOUSE_CLIENT } from '@paycluster/platform/ids/house-accounts'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import type { ReconciliationKind } from '@paycluster/contracts'
import type { Logger } from '@paycluster/platform/logging'
import type { DifferenceStore } from '../differences/difference-store.ts'
import type { DifferenceTeller } from '../differences/difference-teller.ts'
import { Findings } from '../differences/finding.ts'
import type { ReconciliationMetrics } from '../reconciliation-metrics.ts'
import { keepStatement } from '../statement/keep-statement.ts'
import type { StatementStore } from '../statement/statement-store.ts'
import type { Check } from './check.ts'
import type { NewRun, RunRow, RunStore } from './run-store.ts'
import type { StartedRun } from './started-run.ts'

/** Differences that a run keeps: more than that is one difference, and a person's. */
const MAX_FINDINGS = 10_000
const STOPPED = 'the process was stopped'
const LOST = 'the run was taken for dead'

export interface RunnerParts {
  readonly runs: RunStore
  readonly differences: DifferenceStore
  readonly statements: StatementStore
  readonly teller: DifferenceTeller
  readonly checks: Readonly<Record<ReconciliationKind, Check>>
  /** The bank's statement of a day; absent where there is no bank to ask. */
  readonly fetchStatement: ((day: string, signal: AbortSignal) => Promise<Readable>) | undefined
  readonly ids: IdCodec
  readonly metrics: ReconciliationMetrics
  readonly logger: Logger
  readonly leaseMs: number
  readonly maxStatementBytes: number
}

export class Runner {
  readonly #parts: RunnerParts
  readonly #stop = new AbortController()
  readonly #underWay = new Set<Promise<unknown>>()

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Whether the bank can be asked for its statements. */
  get hasBank(): boolean {
    return this.#parts.fetchStatement !== undefined
  }

  /** @returns undefined when one of the kind is under way, or was a short time ago @throws DatabaseError */
  start(run: Omit<NewRun, 'id'>): Promise<RunRow | undefined> {
    const { runs, ids } = this.#parts
    return runs.start({ ...run, id: idToUuid(ids.random('rec', HOUSE_CLIENT)) })
  }

  /** Compares, and ends the run. Never rejects: what goes wrong is in the run. */
  carryOut(row: RunRow): Promise<void> {
    return this.#track(
      this.#leased(row, async (signal) => {
        const { fetchStatement } = this.#parts
        if (row.source === 'bank' && row.day !== null) {
          if (fetchStatement === undefined) throw new Error('there is no bank to ask for a statement')
          await this.#keep(row, row.day, await fetchStatement(row.day, signal), signal)
        }
        await this.#compare(row, signal)
      }).catch(() => undefined),
    )
  }

  /**
   * Reads a statement that was given, and compares it afterwards, on its own.
   *
   * @returns the run with the number of its lines, when all of the file was read and kept
   * @throws StatementError and whatever else the reading fails with: the run has failed with it
   */
  async take(row: RunRow, day: string, file: Readable): Promise<RunRow> {
    const { promise, resolve, reject } = Promise.withResolvers<RunRow>()
    const whole = this.#leased(row, async (signal) => {
      const kept = await this.#keep(row, day, file, signal)
      resolve(kept)
      await this.#compare(row, signal)
    }).catch(reject)
    void this.#track(whole)
    return promise
  }

  /** Ends what is under way: those runs have failed. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error(STOPPED))
    await Promise.all(this.#underWay)
  }

  async #track(work: Promise<void>): Promise<void> {
    this.#underWay.add(work)
    try {
      await work
    } finally {
      this.#underWay.delete(work)
    }
  }

  /** @throws what `work` throws, when the run has failed with it */
  async #leased(row: RunRow, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { runs, metrics, logger, leaseMs } = this.#parts
    const lost = new AbortController()
    const renewal = setInterval(() => {
      runs.renew(row.id).then(
        (isOurs) => {
          if (!isOurs) lost.abort(new Error(LOST))
        },
        (error: unknown) => {
          logger.warn({ err: error, run: row.id }, 'could not renew the lease of a run')
        },
      )
    }, leaseMs / 3)
    const startedMs = performance.now()
    const signal = AbortSignal.any([this.#stop.signal, lost.signal])
    try {
      await work(signal)
      metrics.ended(row.kind, 'succeeded', performance.now() - startedMs)
    } catch (error) {
      metrics.ended(row.kind, 'failed', performance.now() - startedMs)
      const reason: unknown = signal.aborted ? signal.reason : error
      logger.warn({ err: error, kind: row.kind, day: row.day }, 'a reconciliation has failed')
      await runs.fail(row.id, messageOf(reason)).catch((failure: unknown) => {
        logger.warn({ err: failure, run: row.id }, 'could not say that a run has failed: its lease will')
      })
      throw error
    } finally {
      clearInterval(renewal)
    }
  }

  async #keep(row: RunRow, day: string, file: Readable, signal: AbortSignal): Promise<RunRow> {
    const { runs, statements, maxStatementBytes: maxBytes } = this.#parts
    const lines = await keepStatement(statements, file, { run: row.id, day, maxBytes, signal })
    const kept = await runs.noteChecked(row.id, lines)
    if (kept === undefined) throw new Error(LOST)
    return kept
  }

  async #compare(row: RunRow, signal: AbortSignal): Promise<void> {
    const { runs, differences, checks, teller, metrics, logger } = this.#parts
    const run: StartedRun = { id: row.id, kind: row.kind, day: row.day, isFull: row.is_full }
    const findings = new Findings(MAX_FINDINGS)
    const open = await differences.open(run.kind, MAX_FINDINGS)
    const watermark = await runs.watermark(run.kind)
    const checked = await checks[run.kind]({ run, watermark, open, findings, signal })
    signal.throwIfAborted()
    const { isTruncated } = findings
    let opened = 0
    await runs.finish(run, { ...checked, watermark: checked.watermark, isTruncated }, async (client) => {
      const recorded = await differences.record(client, run, findings.kept)
      const found = new Set(findings.kept.map((finding) => differences.idOf(finding)))
      const gone = open.filter(({ id }) => !found.has(id.replaceAll('-', '')))
      // What was not looked for has not gone.
      const resolvable = isTruncated ? [] : gone.filter(checked.isRechecked)
      opened = recorded.opened
      return {
        ...recorded,
        resolved: await differences.resolve(
          client,
          run,
          resolvable.map(({ id }) => id),
        ),
      }
    })
    metrics.compared(run.kind, checked.checked, opened)
    if (opened > 0) logger.warn({ kind: run.kind, day: run.day, opened }, 'a reconciliation has found differences')
    // Kafka may be away: then it is told of later.
    await teller.tell().then(
      (told) => {
        metrics.told(told)
      },
      (error: unknown) => {
        logger.warn({ err: error }, 'could not tell of differences')
      },
    )
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
