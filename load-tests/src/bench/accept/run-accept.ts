/**
 * How fast payments are accepted, and accepted and committed:
 *
 *     workers stopped ──▶ kafkajs alone, and payment-service at its socket, in turn ──▶ workers started, all posted
 *     ──▶ through the gateway to the commit with few clients, with many, and with one
 */
import { clusterStatus } from '@paycluster/cluster/cluster-status'
import { processesOf } from '../../target/target.ts'
import { CalibratedWindow, describeMachine, type Calibration, type Machine } from '../common/calibration.ts'
import type { JudgedGoal } from '../common/goals.ts'
import { durabilityOf, openMonitor, ownerOf, type Durability } from '../common/monitor.ts'
import type { WayReport } from '../common/ways.ts'
import { tellWorkers } from '../common/workers.ts'
import { acceptGoals } from './accept-goals.ts'
import type { AcceptBench, AcceptStage } from './accept-stage.ts'
import { measureAccepting } from './accepting.ts'
import type { CommitReport } from './commit-report.ts'
import { measureCommitting } from './committing.ts'
import { Payer } from './payer.ts'

export interface AcceptReport {
  readonly bench: 'accept'
  readonly machine: Machine
  readonly calibration: Calibration
  readonly durability: Durability
  readonly payments: number
  /** Payments accepted a second, with the workers stopped. */
  readonly accepting: readonly WayReport[]
  /** Payments committed a second. */
  readonly committing: readonly WayReport[]
  readonly commits: readonly CommitReport[]
  readonly goals: readonly JudgedGoal[]
}

/** @throws LoadError `not_ready`, `load_failed`, `wrong_ledger`, `unsettled` · ClusterError when a worker does not obey */
export async function runAccept(bench: AcceptBench): Promise<AcceptReport> {
  const { target, payments } = bench
  const { cluster, accounts } = target
  const monitor = await openMonitor(cluster)
  try {
    const owner = await ownerOf(monitor, accounts.customers[0] ?? '')
    const { clusterSecret } = cluster.secrets
    const payer = new Payer({ accounts, clusterSecret, owner, runId: `bench-accept-${Date.now()}` })
    let processes = cluster.processes.filter(({ node }) => !node.startsWith('payment-worker'))
    const stage: AcceptStage = { ...bench, monitor, payer, owner, processes: () => processes }
    bench.say('stopping the workers')
    await tellWorkers(cluster, 'stop')
    const window = new CalibratedWindow(stage.processes)
    const accepting = await measureAccepting(stage).finally(() => tellWorkers(cluster, 'start'))
    processes = processesOf(await clusterStatus(cluster.layout))
    const { committing, commits } = await measureCommitting(stage)
    return {
      bench: 'accept',
      machine: describeMachine(),
      calibration: window.end(),
      durability: await durabilityOf(monitor),
      payments,
      accepting,
      committing,
      commits,
      goals: acceptGoals(committing, commits),
    }
  } finally {
    await monitor.end()
  }
}
