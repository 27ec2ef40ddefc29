import { join } from 'node:path'
import { INTERRUPTED, stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import { layoutOf } from '@paycluster/cluster/layout'
import { loadSettings } from '@paycluster/cluster/settings/load-settings'
import { systemClock } from '@paycluster/platform/clock'
import { createMetrics } from '@paycluster/platform/metrics'
import type { Run } from '@paycluster/traffic-generator/runs/run'
import { Runs } from '@paycluster/traffic-generator/runs/runs'
import { unblockLeft } from '@paycluster/traffic-generator/runs/unblock-left'
import { changeScenario } from '@paycluster/traffic-generator/scenario/change-scenario'
import { MAX_RATE } from '@paycluster/traffic-generator/scenario/scenario'
import type { Target } from '@paycluster/traffic-generator/sending/target'
import type { Command } from 'commander'
import { addTargetOptions, findTarget, type TargetOptions } from './connection.ts'
import { isFine, progressText, reportText } from './report.ts'
import { addChangeOptions, changeOf, scenarioNamed, type ChangeOptions } from './scenario-argument.ts'

const MAX_IN_FLIGHT = 500
const KEPT_RUNS = 50
const TERMINAL_EVERY_MS = 500
const LINE_EVERY_MS = 5000

interface RunOptions extends ChangeOptions, TargetOptions {
  readonly out?: string
  readonly json?: true
}

/** `traffic run <scenario|file>`: exit code 1 when acts failed unexpectedly, 130 after Ctrl-C. */
export function registerRun(traffic: Command): void {
  const run = traffic
    .command('run')
    .description('run a scenario in the foreground; Ctrl-C ends it in order, a second one at once')
    .argument('<scenario>', 'a shipped one, or a file')
    .option('--out <folder>', 'where runs are kept (default: traffic/runs in the cluster’s state)')
    .option('--json', 'for programs: the report as JSON')
  addTargetOptions(addChangeOptions(run)).action(async (named: string, options: RunOptions) => {
    const scenario = changeScenario(scenarioNamed(named), changeOf(options))
    const target = await findTarget(options)
    const root = options.out ?? join(layoutOf(loadSettings()).traffic, 'runs')
    const runs = new Runs({
      root,
      maxRuns: 1,
      maxRate: MAX_RATE,
      maxInFlight: MAX_IN_FLIGHT,
      keptRuns: KEPT_RUNS,
      clock: systemClock,
      registry: createMetrics('traffic-generator', 'traffic'),
    })
    await putRight(runs, target)
    await carryOut(runs.start(scenario, target), options)
  })
}

/** What a run left that was killed. */
async function putRight(runs: Runs, target: Target): Promise<void> {
  for (const folder of runs.leftFolders) {
    const still = await unblockLeft(folder, target)
    const what = still.length === 0 ? 'unblocked' : `could not unblock ${still.join(', ')}:`
    process.stderr.write(`  ${what} what a killed run had left blocked (${folder.path})\n`)
  }
}

async function carryOut(run: Run, { json }: RunOptions): Promise<void> {
  const { stop, hurry } = stopOnSignals(() => {
    process.stderr.write('\nending at once\n')
  })
  stop.signal.addEventListener('abort', () => void run.stop())
  hurry.signal.addEventListener('abort', () => {
    run.hurry()
  })
  // bootstrap.mjs is gone without a word: nobody is left to press Ctrl-C.
  process.once('disconnect', () => {
    stop.abort()
  })
  const showing = json === true ? undefined : show(run)
  await run.ended
  clearInterval(showing)
  const report = run.report()
  const text = json === true ? JSON.stringify(report, null, 2) : `\n${reportText(report, run.labelsPath)}`
  process.stdout.write(`${text}\n`)
  if (!isFine(report)) process.exitCode = 1
  else if (stop.signal.aborted) process.exitCode = INTERRUPTED
  // The channel to bootstrap.mjs would keep the process.
  if (process.connected) process.disconnect()
}

function show(run: Run): NodeJS.Timeout {
  const { stdout } = process
  const line = (): void => {
    const text = progressText(run.report())
    stdout.write(stdout.isTTY ? `\r\u001b[2K  ${text}` : `  ${text}\n`)
  }
  return setInterval(line, stdout.isTTY ? TERMINAL_EVERY_MS : LINE_EVERY_MS)
}
