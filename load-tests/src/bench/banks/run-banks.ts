/**
 * What a bank that takes its time costs: how many tasks the dispatcher gets done, over how many connections, and what
 * wallet payments feel of it.
 *
 *     each round: wallet payments alone ─▶ the bank closed, deposits asked for ─▶ the bank open, wallet payments beside them
 *
 * Every other round the other way round. The bank is closed first so that all tasks wait when it opens: the rate is the
 * dispatcher's, not that of whoever asks.
 */
import { loadText } from '@paycluster/platform/load-text'
import { waitUntil } from '@paycluster/cluster/wait'
import type { Client } from 'pg'
import { LoadError } from '../../load-error.ts'
import type { LocalCluster, Target } from '../../target/target.ts'
import { Payer } from '../accept/payer.ts'
import { CalibratedWindow, describeMachine, type Calibration, type Machine } from '../common/calibration.ts'
import { drive } from '../common/drive.ts'
import { judge, type JudgedGoal } from '../common/goals.ts'
import { LeanClient } from '../common/http-client.ts'
import { durabilityOf, openMonitor, ownerOf, type Durability } from '../common/monitor.ts'
import { alternate, ratioOf, spreadOf, type Spread } from '../common/rounds.ts'
import { BankControl } from './bank-control.ts'
import { Depositor } from './depositor.ts'

const READ_TASKS = loadText(import.meta.url, './read-tasks.sql')
const COUNT_OPEN_TASKS = loadText(import.meta.url, './count-open-tasks.sql')
const WALLET_LATENCY = loadText(import.meta.url, './wallet-latency.sql')
const GOALS = { tasksPerS: 500, connections: 256, p95Ratio: 1.1 }
/** Wallet payments under way. */
const CLIENTS = 8
const CONNECTIONS = 64
const DRAIN_MS = 120_000

export interface BanksBench {
  readonly target: Target & { readonly cluster: LocalCluster }
  readonly rounds: number
  /** Deposits of a round. */
  readonly tasks: number
  /** Wallet payments of a round, alone and beside them. */
  readonly payments: number
  /** How long the bank takes. */
  readonly latencyMs: number
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

/** Wallet payments of one round. */
interface Wallets {
  readonly acceptP95Ms: number
  /** From acceptance to the beginning of the transaction that posted it. */
  readonly appliedP95Ms: number
}

interface Beside extends Wallets {
  readonly tasksPerS: number
  readonly connections: number
}

export interface BanksReport {
  readonly bench: 'banks'
  readonly machine: Machine
  readonly calibration: Calibration
  readonly durability: Durability
  readonly tasks: number
  readonly payments: number
  readonly latencyMs: number
  readonly tasksPerS: Spread
  readonly connections: Spread
  readonly alone: Readonly<Record<keyof Wallets, Spread>>
  readonly beside: Readonly<Record<keyof Wallets, Spread>>
  /** Beside by alone, round by round. */
  readonly ratios: Readonly<Record<keyof Wallets, Spread>>
  readonly goals: readonly JudgedGoal[]
}

/** @throws LoadError `not_ready`, `load_failed`, `unsettled` when a deposit did not succeed */
export async function runBanks(bench: BanksBench): Promise<BanksReport> {
  const { target, rounds, tasks, payments, latencyMs, stop } = bench
  const { cluster } = target
  const bank = new BankControl(cluster)
  const monitor = await openMonitor(cluster)
  const gateway = new LeanClient(target.url, { connections: CONNECTIONS })
  try {
    const stage = await stageOf(bench, bank, monitor, gateway)
    bench.say('warming up')
    await walletsBeside({ ...stage, payments: Math.ceil(payments / 4), tasks: Math.ceil(tasks / 4) }, -1)
    const window = new CalibratedWindow(() => cluster.processes)
    const contestants = [
      { name: 'alone', run: () => walletsAlone(stage) },
      { name: 'beside', run: (round: number) => walletsBeside(stage, round) },
    ]
    const [alone, beside] = await alternate<Wallets | Beside>(contestants, rounds, stop)
    const aloneRounds = alone?.rounds ?? []
    const besideRounds = (beside?.rounds ?? []) as readonly Beside[]
    const tasksPerS = spreadOf(besideRounds.map((round) => round.tasksPerS))
    const connections = spreadOf(besideRounds.map((round) => round.connections))
    const ratios = {
      acceptP95Ms: ratioOf(valuesOf(besideRounds, 'acceptP95Ms'), valuesOf(aloneRounds, 'acceptP95Ms')),
      appliedP95Ms: ratioOf(valuesOf(besideRounds, 'appliedP95Ms'), valuesOf(aloneRounds, 'appliedP95Ms')),
    }
    return {
      bench: 'banks',
      machine: describeMachine(),
      calibration: window.end(),
      durability: await durabilityOf(monitor),
      tasks,
      payments,
      latencyMs,
      tasksPerS,
      connections,
      alone: spreadsOf(aloneRounds),
      beside: spreadsOf(besideRounds),
      ratios,
      goals: [
        judge({ what: 'bank tasks', unit: 'a second', atLeast: GOALS.tasksPerS }, tasksPerS),
        judge({ what: 'connections to the bank', unit: 'at most', atMost: GOALS.connections }, connections),
        judge(
          { what: 'wallet payments’ accept p95 beside them', unit: '×', atMost: GOALS.p95Ratio },
          ratios.acceptP95Ms,
        ),
        judge(
          { what: 'wallet payments’ applied p95 beside them', unit: '×', atMost: GOALS.p95Ratio },
          ratios.appliedP95Ms,
        ),
      ],
    }
  } finally {
    await bank.reset()
    await gateway.close()
    await monitor.end()
  }
}

interface Stage extends BanksBench {
  readonly bank: BankControl
  readonly monitor: Client
  readonly depositor: Depositor
  readonly runId: string
  readonly pay: () => Promise<void>
}

async function stageOf(bench: BanksBench, bank: BankControl, monitor: Client, gateway: LeanClient): Promise<Stage> {
  const { accounts, cluster, apiKey } = bench.target
  const runId = `bench-banks-${Date.now()}`
  const owner = await ownerOf(monitor, accounts.customers[0] ?? '')
  const payer = new Payer({ accounts, clusterSecret: cluster.secrets.clusterSecret, owner, runId })
  const depositor = new Depositor(gateway, apiKey, accounts)
  const pay = () => payer.pay(gateway, { authorization: `Bearer ${apiKey}` })
  return { ...bench, bank, monitor, depositor, runId, pay }
}

async function walletsAlone({ payments, pay, stop, monitor }: Stage): Promise<Wallets> {
  const from = new Date()
  const driven = await drive(CLIENTS, payments, pay, stop)
  const to = new Date()
  return {
    acceptP95Ms: driven.latencyMs?.p95 ?? NaN,
    appliedP95Ms: await untilApplied(monitor, from, to, driven.count),
  }
}

/** When all of them are posted. */
async function untilApplied(monitor: Client, from: Date, to: Date, count: number): Promise<number> {
  let p95Ms = NaN
  await waitUntil('the wallet payments to be posted', DRAIN_MS, async () => {
    const { rows } = await monitor.query<{ p95_ms: number; payments: number }>(WALLET_LATENCY, [from, to])
    const [row] = rows
    p95Ms = row?.p95_ms ?? NaN
    return row?.payments === count ? undefined : `${row?.payments ?? 0} of ${count}`
  })
  return p95Ms
}

async function walletsBeside(stage: Stage, round: number): Promise<Beside> {
  const { bank, depositor, monitor, tasks, latencyMs, runId, stop, say } = stage
  const reference = `${runId}-${round}`
  say(`${tasks} deposits`)
  await untilOpen(stage, 0)
  await bank.close()
  await depositor.ask(reference, tasks, stop)
  await untilOpen(stage, tasks)
  await bank.open(latencyMs)
  const wallets = await walletsAlone(stage)
  await untilOpen(stage, 0)
  const { rows } = await monitor.query<{ succeeded: number; seconds: number }>(READ_TASKS, [reference])
  const { succeeded, seconds } = rows[0] ?? { succeeded: 0, seconds: NaN }
  if (succeeded !== tasks) throw new LoadError('unsettled', `${succeeded} of ${tasks} deposits succeeded`)
  return { ...wallets, tasksPerS: tasks / seconds, connections: await bank.mostConnections() }
}

/** Until so many payments wait for the bank. @throws LoadError `unsettled` */
async function untilOpen({ monitor, stop }: Stage, count: number): Promise<void> {
  let open = 0
  await waitUntil(`${count} payments to wait for the bank`, DRAIN_MS, async () => {
    stop.throwIfAborted()
    const { rows } = await monitor.query<{ open: number }>(COUNT_OPEN_TASKS)
    open = rows[0]?.open ?? 0
    return open === count ? undefined : `${open} do`
  }).catch((cause: unknown) => {
    stop.throwIfAborted()
    throw new LoadError('unsettled', `${open} payments wait for the bank, not ${count}`, { cause })
  })
}

const valuesOf = (rounds: readonly Wallets[], of: keyof Wallets): number[] => rounds.map((round) => round[of])

const spreadsOf = (rounds: readonly Wallets[]) => ({
  acceptP95Ms: spreadOf(valuesOf(rounds, 'acceptP95Ms')),
  appliedP95Ms: spreadOf(valuesOf(rounds, 'appliedP95Ms')),
})
