/** Posts the commands of one cell as fast as the ledger takes them, and says how fast that was. */
import type { BatchCommand, BatchPayment } from 'payment-worker/posting/batch-command'
import { BatchPoster } from 'payment-worker/posting/post-batch'
import { percentilesOf, type Percentiles } from '../../report/percentile.ts'
import { takeSnapshot, type Snapshot } from '../../usage/snapshot.ts'
import type { Cell } from './cells.ts'
import { checkCell, ledgerClock } from './check-cell.ts'
import { takeRanges, topic, type LedgerStage } from './ledger-stage.ts'
import { planCell, type CellPlan } from './plan-commands.ts'
import { openRowWriter } from './row-by-row.ts'

/** One cell in one round. */
export interface CellRound {
  readonly elapsedS: number
  readonly commands: number
  /** With an id of their own, declined ones included. */
  readonly payments: number
  /** Repeated commands included. */
  readonly commandsPerS: number
  readonly paymentsPerS: number
  /** Of one transaction. */
  readonly transactionMs: Percentiles | undefined
  /** CPU time a command, in microseconds. */
  readonly micros: Readonly<Record<'bench' | 'primary' | 'replicas', number>> | undefined
}

/** A writer's way to its connection. */
interface Writer {
  post(batch: CellPlan['writers'][number][number]): Promise<void>
  close(): Promise<void>
}

/** @throws LoadError `wrong_ledger` */
export async function postCell(
  stage: LedgerStage,
  cell: Cell,
  run: string,
  count: number,
  stop: AbortSignal,
): Promise<CellRound> {
  const plan = planCell(stage.codec, stage.cast, cell, run, count, Date.now())
  const writers = await Promise.all(
    plan.writers.map(async (batches, index) => ({ batches, writer: await openWriter(stage, cell, index) })),
  )
  const since = await ledgerClock(stage)
  const times: number[] = []
  const before = takeSnapshot(stage.processes)
  const benchBefore = process.cpuUsage()
  const fromMs = performance.now()
  const work = async ({ batches, writer }: (typeof writers)[number]): Promise<void> => {
    for (const batch of batches) {
      stop.throwIfAborted()
      const startedAtMs = performance.now()
      await writer.post(batch)
      times.push(performance.now() - startedAtMs)
    }
  }
  try {
    await Promise.all(writers.map(work))
  } finally {
    await Promise.allSettled(writers.map(({ writer }) => writer.close()))
  }
  const elapsedS = (performance.now() - fromMs) / 1000
  const bench = process.cpuUsage(benchBefore)
  const after = takeSnapshot(stage.processes)
  await checkCell(stage, cell.name, plan.expected, since)
  const { commands, payments } = plan.expected
  return {
    elapsedS,
    commands,
    payments,
    commandsPerS: commands / elapsedS,
    paymentsPerS: payments / elapsedS,
    transactionMs: percentilesOf(times),
    micros: microsOf(before, after, bench.user + bench.system, commands),
  }
}

async function openWriter(stage: LedgerStage, cell: Cell, writer: number): Promise<Writer> {
  if (cell.method !== 'batch') {
    const rows = await openRowWriter(stage.db.workerUrl, cell.method)
    return { ...rows, post: (batch) => rows.post(batch.map(asPayment)) }
  }
  const pool = stage.workerPool(writer)
  const poster = new BatchPoster(pool, stage.codec)
  // As a worker that has been up for a while: connected before the first batch comes.
  await pool.query('SELECT 1')
  return {
    async post(batch) {
      const ranges = takeRanges(stage.offsets, writer, cell.writers, batch.length)
      const result = await poster.post({ topic, ranges, commands: batch })
      if ('refused' in result) throw new Error('the ledger refused a batch that follows on the one before it')
    },
    close: () => pool.end(),
  }
}

/** Row by row there are payments alone. */
function asPayment(command: BatchCommand): BatchPayment {
  if (command.type !== 'payment') throw new Error('a cell that posts row by row has payments alone')
  return command
}

function microsOf(
  before: Snapshot | undefined,
  after: Snapshot | undefined,
  benchMicros: number,
  commands: number,
): CellRound['micros'] {
  if (before === undefined || after === undefined) return undefined
  const spent = (prefix: string): number =>
    after.nodes
      .filter(({ node }) => node.startsWith(prefix))
      .reduce((sum, { pid, cpuS }) => sum + cpuS - (before.nodes.find((one) => one.pid === pid)?.cpuS ?? cpuS), 0)
  return {
    bench: benchMicros / commands,
    primary: (spent('postgres-primary') * 1e6) / commands,
    replicas: (spent('postgres-replica') * 1e6) / commands,
  }
}
