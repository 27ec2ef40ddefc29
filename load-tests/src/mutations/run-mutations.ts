/**
 * Proves that a run's verdict can fail: a short load with each mutation has to be found by the rule that it breaks, and one
 * without has to be correct.
 */
import { table } from '@paycluster/cluster/commands/table'
import color from 'picocolors'
import type { RunningCluster } from '@paycluster/cluster/running-cluster'
import { LoadError } from '../load-error.ts'
import { smoke } from '../profiles/smoke.ts'
import { verdictText } from '../report/print-report.ts'
import type { Verdict } from '../report/verdict.ts'
import { runLoad } from '../run-load.ts'
import { MutationStage } from './mutation-stage.ts'
import { mutations, type Mutation } from './mutations.ts'

/** Some 200 payments and 1,000 reads. */
const WORKLOAD = { ...smoke.workload, rampS: 1, warmUpS: 1, durationS: 6, thinkS: 0.1 }
const EVERY = 20
/** What is dropped never becomes final. */
const SETTLE_MS = 5_000

interface Outcome {
  readonly mutation: Mutation | undefined
  readonly verdict: Verdict
}

/**
 * @returns whether every mutation was found by its rule, and the run without one was correct
 * @throws ClusterError, LoadError when a cluster does not start or a load does not run
 */
export async function runMutations(stop: AbortSignal, hurry: AbortSignal): Promise<boolean> {
  const stage = await MutationStage.open(EVERY)
  const outcomes: Outcome[] = []
  try {
    for (const mutation of [undefined, ...mutations]) {
      print(`\n${color.bold(mutation?.name ?? 'no mutation')}  ${mutation?.summary ?? 'the cluster as it is'}`)
      const verdict = await stage.with(mutation, (cluster) => verdictOn(cluster, mutation, stop, hurry), stop)
      if (stop.aborted) throw new LoadError('load_failed', 'the mutation runs were cut')
      outcomes.push({ mutation, verdict })
      print(verdictText(verdict))
    }
  } finally {
    stage.close()
  }
  print(`\n${summaryOf(outcomes)}`)
  return outcomes.every(isAsExpected)
}

async function verdictOn(
  { settings }: RunningCluster,
  mutation: Mutation | undefined,
  stop: AbortSignal,
  hurry: AbortSignal,
): Promise<Verdict> {
  const request = {
    settings,
    profile: smoke,
    workload: WORKLOAD,
    asDefined: false,
    target: {},
    // That the ledger agrees with itself is asked of the run without a mutation: the clients have to find the others.
    verify: mutation === undefined,
    settleMs: SETTLE_MS,
  }
  return (await runLoad(request, stop, hurry)).report.verdict
}

const isAsExpected = ({ mutation, verdict: { state, rules } }: Outcome): boolean =>
  mutation === undefined
    ? state === 'correct'
    : state === 'violated' && rules.some(({ rule, violations }) => rule === mutation.breaks && violations > 0)

function summaryOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { mutation, verdict } = outcome
    const broken = verdict.rules.filter(({ violations }) => violations > 0)
    return [
      mutation?.name ?? '(none)',
      mutation === undefined ? 'correct' : `violated, ${mutation.breaks}`,
      [verdict.state, ...broken.map(({ rule, violations }) => `${rule} ${violations}`)].join(', '),
      isAsExpected(outcome) ? color.green('as expected') : color.red('NOT FOUND'),
    ]
  })
  return table(['MUTATION', 'EXPECTED', 'VERDICT', ''], rows)
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
