/**
 * How fast the ledger takes payments: the worker's own BatchPoster, without Kafka and without publishing, against a
 * transaction a payment on the same servers in the same run.
 *
 *     servers and accounts ──▶ warm-up ──▶ rounds: every cell, checked after each ──▶ invariants of the whole ledger
 */
import { checkLedger } from '@paycluster/cluster/verify/check-ledger'
import { LoadError } from '../../load-error.ts'
import { CalibratedWindow, describeMachine, type Calibration, type Machine } from '../common/calibration.ts'
import { judge, type JudgedGoal } from '../common/goals.ts'
import { alternate, ratioOf, spreadOf, type Measured, type Spread } from '../common/rounds.ts'
import { baselineOf, HOT, MIXED, MOVEMENTS, SPREAD, type Cell, type StageName } from './cells.ts'
import { isInMemory, startLedgerStage, type LedgerStage } from './ledger-stage.ts'
import { preparePgbench, type Yardstick } from './pgbench.ts'
import { postCell, type CellRound } from './post-cell.ts'
import type { Past } from './seed-ledger.ts'

export interface LedgerBench {
  readonly cells: readonly Cell[]
  readonly rounds: number
  /** Commands of a cell that posts in batches, in one round. */
  readonly commands: number
  /** Of a cell that posts row by row. */
  readonly rowCommands: number
  /** Of pgbench, as of the row-by-row cells. */
  readonly clients: number
  readonly past: Past
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

export interface CellReport {
  readonly cell: Cell
  readonly rounds: readonly CellRound[]
  /** Payments with an id of their own, a second. */
  readonly paymentsPerS: Spread
  readonly commandsPerS: Spread
  readonly baseline: string | undefined
  /** Payments a second against the baseline's, round by round. */
  readonly ratio: Spread | undefined
}

export interface LedgerReport {
  readonly bench: 'ledger'
  readonly machine: Machine
  readonly calibration: Calibration
  /** On a memory file system fsync costs nothing: such figures prove nothing. */
  readonly isInMemory: boolean
  readonly past: Past
  readonly cells: readonly CellReport[]
  /** Transactions a second; undefined without pgbench. */
  readonly pgbench: Spread | undefined
  readonly goals: readonly JudgedGoal[]
}

const PGBENCH_S = 3
/** Plans, caches, and the compiler's best code. */
const WARM_UP_COMMANDS = 20_000
const ROW_WARM_UP_COMMANDS = 1000

/** @throws LoadError `wrong_ledger` · ClusterError when a server does not start */
export async function runLedger(bench: LedgerBench): Promise<LedgerReport> {
  const { cells, say, stop, past } = bench
  // The servers are this process's own children.
  const window = new CalibratedWindow(() => [])
  const stages = new Map<StageName, LedgerStage>()
  try {
    for (const name of new Set(cells.map(({ stage }) => stage))) {
      say(
        `starting PostgreSQL (${name === 'quorum' ? 'two replicas, quorum commit' : 'no replica'}), ${describe(past)}`,
      )
      stages.set(name, await startLedgerStage(name, past, stop))
    }
    const main = stages.get('quorum') ?? [...stages.values()][0]
    const yardstick = main === undefined ? undefined : await preparePgbench(main, stop)
    if (yardstick === undefined) say('pgbench is not installed (Debian: postgresql-contrib): no TPC-B beside it')
    await warmUp(bench, stages)
    const { measured, tps } = await measure(bench, stages, yardstick)
    for (const stage of stages.values()) await proveLedger(stage, say)
    const reports = cells.map((cell) => toReport(cell, cells, measured))
    return {
      bench: 'ledger',
      machine: describeMachine(),
      calibration: window.end(),
      isInMemory: isInMemory(),
      past,
      cells: reports,
      pgbench: tps.length === 0 ? undefined : spreadOf(tps),
      goals: goalsOf(reports),
    }
  } finally {
    for (const stage of stages.values()) await stage.stop()
  }
}

const describe = ({ customers, merchants, payments }: Past): string =>
  `${customers + merchants} accounts and ${customers + payments} payments in the ledger`

async function warmUp(
  { cells, clients, commands, stop, say }: LedgerBench,
  stages: ReadonlyMap<StageName, LedgerStage>,
) {
  say('warming up')
  for (const stage of stages.values()) {
    const ways = new Map(cells.filter((cell) => cell.stage === stage.name).map((cell) => [cell.method, cell]))
    for (const cell of ways.values()) {
      const isBatch = cell.method === 'batch'
      const count = Math.min(isBatch ? WARM_UP_COMMANDS : ROW_WARM_UP_COMMANDS, commands)
      const writers = isBatch ? 2 : clients
      await postCell(stage, { ...cell, writers }, `warm-up-${cell.method}`, count, stop)
    }
  }
}

async function measure(
  { cells, rounds, commands, rowCommands, clients, stop, say }: LedgerBench,
  stages: ReadonlyMap<StageName, LedgerStage>,
  yardstick: Yardstick | undefined,
): Promise<{ measured: readonly Measured<CellRound>[]; tps: readonly number[] }> {
  const tps: number[] = []
  const contestants = cells.map((cell, index) => ({
    name: cell.name,
    run: async (round: number): Promise<CellRound> => {
      const stage = stages.get(cell.stage)
      if (stage === undefined) throw new Error(`no servers for ${cell.name}`)
      if (index === 0 && yardstick !== undefined) tps.push(await yardstick.run(PGBENCH_S, clients))
      const count = cell.method === 'batch' ? commands : rowCommands
      const result = await postCell(stage, cell, `round-${round}-cell-${index}`, count, stop)
      say(`round ${round + 1}  ${cell.name.padEnd(42)} ${Math.round(result.paymentsPerS).toLocaleString('en')}/s`)
      return result
    },
  }))
  return { measured: await alternate(contestants, rounds, stop), tps }
}

/** The invariants of `npm run verify` that the ledger alone can show. @throws LoadError `wrong_ledger` */
async function proveLedger(stage: LedgerStage, say: (what: string) => void): Promise<void> {
  say('checking every balance, sequence and entry')
  const wrong = (await checkLedger(stage.db.monitorUrl)).filter(
    ({ state }) => state === 'violated' || state === 'unchecked',
  )
  if (wrong.length === 0) return
  throw new LoadError(
    'wrong_ledger',
    `the ledger breaks ${wrong.map(({ id, title, rows }) => `${id} (${title}; first: ${JSON.stringify(rows[0])})`).join(', ')}`,
  )
}

function toReport(cell: Cell, cells: readonly Cell[], measured: readonly Measured<CellRound>[]): CellReport {
  const roundsOf = (name: string | undefined): readonly CellRound[] =>
    measured.find((one) => one.name === name)?.rounds ?? []
  const rates = (name: string | undefined): number[] => roundsOf(name).map(({ paymentsPerS }) => paymentsPerS)
  const rounds = roundsOf(cell.name)
  const baseline = baselineOf(cell, cells)?.name
  return {
    cell,
    rounds,
    paymentsPerS: spreadOf(rates(cell.name)),
    commandsPerS: spreadOf(rounds.map(({ commandsPerS }) => commandsPerS)),
    baseline,
    ratio: baseline === undefined ? undefined : ratioOf(rates(cell.name), rates(baseline)),
  }
}

function goalsOf(reports: readonly CellReport[]): JudgedGoal[] {
  return [...rateGoals(reports), ...movementGoals(reports)]
}

/** Commands count here, since a capture is no payment; against payments alone, round by round. */
function movementGoals(reports: readonly CellReport[]): JudgedGoal[] {
  const [movements, payments] = [MOVEMENTS, SPREAD].map((name) =>
    reports.find(({ cell }) => cell.name === name)?.rounds.map(({ commandsPerS }) => commandsPerS),
  )
  if (movements === undefined || payments === undefined) return []
  return [
    judge({ what: `${MOVEMENTS}, against payments alone`, unit: '×', atLeast: 0.6 }, ratioOf(movements, payments)),
  ]
}

/** For two cores with the bench on them. Payments with an id of their own count: repeated commands are on top. */
function rateGoals(reports: readonly CellReport[]): JudgedGoal[] {
  const goals = [
    [HOT, 20_000],
    [SPREAD, 20_000],
    [MIXED, 18_000],
  ] as const
  return goals.flatMap(([name, atLeast]) => {
    const report = reports.find(({ cell }) => cell.name === name)
    if (report === undefined) return []
    const rate = judge({ what: name, unit: 'payments/s', atLeast }, report.paymentsPerS)
    const times = { what: `${name}, against row by row`, unit: '×', atLeast: 10 }
    return report.ratio === undefined ? [rate] : [rate, judge(times, report.ratio)]
  })
}
