/**
 * Whether posting and reading cost the same in a ledger of any size: the same cells and the same reads beside tables of each
 * size, in turn.
 */
import { LoadError } from '../../load-error.ts'
import { CalibratedWindow, describeMachine, type Calibration, type Machine } from '../common/calibration.ts'
import type { Driven } from '../common/drive.ts'
import { judge, type JudgedGoal } from '../common/goals.ts'
import { alternate, ratioOf, spreadOf, type Contestant, type Spread } from '../common/rounds.ts'
import { goalCells, HOT, SPREAD, type Cell } from './cells.ts'
import { startLedgerStage, type LedgerStage } from './ledger-stage.ts'
import { postCell } from './post-cell.ts'
import { READ_KINDS, startReadProbe, type ReadKind, type ReadProbe } from './read-probe.ts'

export interface GrowthBench {
  /** Payments in the tables, besides those that fund the customers. */
  readonly sizes: readonly number[]
  readonly customers: number
  readonly merchants: number
  readonly rounds: number
  readonly commands: number
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

export interface Figure {
  readonly what: string
  readonly unit: 'payments/s' | 'p95 ms'
  readonly measured: Spread
  /** Against the first size, round by round. */
  readonly ratio: Spread
}

export interface GrowthReport {
  readonly bench: 'ledger growth'
  readonly machine: Machine
  readonly calibration: Calibration
  readonly sizes: readonly {
    readonly payments: number
    readonly tablesMib: number
    readonly figures: readonly Figure[]
  }[]
  readonly goals: readonly JudgedGoal[]
}

const READS = 3000
const READERS = 16
const WARM_UP_COMMANDS = 20_000
const WARM_UP_READS = 2000
/** Neither posting a fifth slower nor reading a fifth longer. */
const FLAT_SHARE = 0.2

interface Sized {
  readonly payments: number
  readonly stage: LedgerStage
  readonly probe: ReadProbe
}

/** @throws LoadError `wrong_ledger`, `invalid_option`, `load_failed` · ClusterError when a server does not start */
export async function runGrowth(bench: GrowthBench): Promise<GrowthReport> {
  const { sizes, rounds, customers, stop, say } = bench
  const reads = WARM_UP_READS + READS * rounds
  if (2 * reads > customers || reads > Math.min(...sizes))
    throw new LoadError('invalid_option', `${rounds} rounds read more than there is to read once`, {
      remedy: `at least ${2 * reads} customers and ${reads} payments, or fewer rounds`,
    })
  const window = new CalibratedWindow(() => [])
  const sized: Sized[] = []
  try {
    for (const payments of sizes) {
      say(`starting PostgreSQL with two replicas, ${payments.toLocaleString('en')} payments in the ledger`)
      const stage = await startLedgerStage('quorum', { customers, merchants: bench.merchants, payments }, stop)
      const probe = await startReadProbe(stage, stop).catch(async (error: unknown) => {
        await stage.stop()
        throw error
      })
      sized.push({ payments, stage, probe })
    }
    say('warming up')
    for (const { stage, probe } of sized) await warmUp(stage, probe, bench)
    const measured = await alternate(
      sized.flatMap((one) => contestantsOf(one, bench)),
      rounds,
      stop,
    )
    const figuresBySize = sized.map(({ payments }) => measured.filter(({ name }) => name.endsWith(`@${payments}`)))
    const first = figuresBySize[0] ?? []
    const report = await Promise.all(
      sized.map(async ({ payments, stage }, index) => ({
        payments,
        tablesMib: await tablesMib(stage),
        figures: (figuresBySize[index] ?? []).map((figure, at) =>
          toFigure(figure.name, figure.rounds, first[at]?.rounds),
        ),
      })),
    )
    return {
      bench: 'ledger growth',
      machine: describeMachine(),
      calibration: window.end(),
      sizes: report,
      goals: report.slice(1).flatMap(({ payments, figures }) => figures.map((figure) => goalOf(payments, figure))),
    }
  } finally {
    for (const { probe, stage } of sized.reverse()) {
      await probe.stop()
      await stage.stop()
    }
  }
}

const cells: readonly Cell[] = goalCells(1).filter(({ name }) => name === HOT || name === SPREAD)

async function warmUp(stage: LedgerStage, probe: ReadProbe, { commands, stop }: GrowthBench): Promise<void> {
  for (const cell of cells)
    await postCell(stage, cell, `warm-up-${cell.name}`, Math.min(WARM_UP_COMMANDS, commands), stop)
  for (const kind of READ_KINDS) await probe.read(kind, WARM_UP_READS, READERS)
}

function contestantsOf({ payments, stage, probe }: Sized, { commands, stop, say }: GrowthBench): Contestant<number>[] {
  const named = (name: string, unit: string, run: (round: number) => Promise<number>): Contestant<number> => ({
    name: `${name}@${payments}`,
    run: async (round) => {
      const value = await run(round)
      say(
        `round ${round + 1}  ${payments.toLocaleString('en').padStart(12)} payments  ${name.padEnd(18)} ${value.toPrecision(5)} ${unit}`,
      )
      return value
    },
  })
  return [
    ...cells.map((cell) =>
      named(cell.name, 'payments/s', async (round) => {
        const { paymentsPerS } = await postCell(stage, cell, `round-${round}-${cell.name}`, commands, stop)
        return paymentsPerS
      }),
    ),
    ...READ_KINDS.map((kind) => named(kind, 'ms', async () => p95Of(await probe.read(kind, READS, READERS)))),
  ]
}

const p95Of = ({ latencyMs }: Driven): number => latencyMs?.p95 ?? NaN

const isRead = (what: string): what is ReadKind => READ_KINDS.some((kind) => kind === what)

function toFigure(name: string, rounds: readonly number[], first: readonly number[] = []): Figure {
  const what = name.slice(0, name.indexOf('@'))
  return {
    what,
    unit: isRead(what) ? 'p95 ms' : 'payments/s',
    measured: spreadOf(rounds),
    ratio: ratioOf(rounds, first),
  }
}

function goalOf(payments: number, { what, unit, ratio }: Figure): JudgedGoal {
  const named = `${what}, ${unit}, beside ${payments.toLocaleString('en')} payments against the fewest`
  const bound = unit === 'p95 ms' ? { atMost: 1 + FLAT_SHARE } : { atLeast: 1 - FLAT_SHARE }
  return judge({ what: named, unit: '×', ...bound }, ratio)
}

async function tablesMib({ monitor }: LedgerStage): Promise<number> {
  const { rows } = await monitor.query<{ mib: number }>(
    `SELECT (sum(pg_total_relation_size(oid)) / 1048576)::int AS mib FROM pg_class
     WHERE relname IN ('payments', 'entries', 'account_balances')`,
  )
  return rows[0]?.mib ?? 0
}
