import { stopOnSignals, type StopSignals } from '@paycluster/cluster/commands/stop-signals'
import { loadSettings } from '@paycluster/cluster/settings/load-settings'
import type { Command } from 'commander'
import { registerCompare } from './compare/compare-command.ts'
import { LoadError } from './load-error.ts'
import { runMutations } from './mutations/run-mutations.ts'
import { profileNamed, profiles } from './profiles/index.ts'
import { judgeGoals, judgeThresholds } from './report/judge-thresholds.ts'
import { printReport } from './report/print-report.ts'
import { writeReports } from './report/write-reports.ts'
import { runLoad, type LoadRequest } from './run-load.ts'
import { judgeStages } from './stages/judge-stages.ts'
import { stagesText } from './stages/print-stages.ts'
import { changeWorkload, type WorkloadOptions } from './settings/change-workload.ts'
import {
  parseCustomers,
  parseMeasuredTime,
  parseMerchants,
  parseMix,
  parseRate,
  parseRamp,
  parseThink,
  parseUrl,
  parseUsers,
  parseWarmUp,
} from './settings/parse-options.ts'

interface Options extends WorkloadOptions {
  readonly url?: string
  readonly key?: string
  readonly accounts?: string
  readonly verify: boolean
}

/** The shell's code for "ended by Ctrl-C". */
const EXIT_INTERRUPTED = 130

/** `npm run load -- <profile>`: exit code 1 when a threshold is crossed or the verdict is anything but correct. */
export function registerLoad(program: Command): void {
  const list = profiles.map(({ name, summary }) => `  ${name.padEnd(13)} ${summary}`).join('\n')
  const load = program
    .command('load')
    .description('run a k6 profile, and judge what the clients saw')
    .argument('<profile>', profiles.map(({ name }) => name).join(', '))
    .option('--users <n>', 'virtual users at once, a connection each; open model: in flight, at most', parseUsers)
    .option('--rate <n>', 'open model: arrivals a second, at most', parseRate)
    .option('--duration <time>', 'what is measured: 60s, 2m', parseMeasuredTime)
    .option('--ramp <time>', 'over which users start', parseRamp)
    .option('--warm-up <time>', 'after the ramp, not measured', parseWarmUp)
    .option('--think <time>', 'mean pause after an answer: 1s, 650ms, 0', parseThink)
    .option('--mix <weights>', 'balance:payment:statement:pay, such as 3:1:1:1', parseMix)
    .option('--customers <skew>', 'uniform, zipf or zipf:<exponent>', parseCustomers)
    .option('--merchants <skew>', '80:5 sends 80 % of the payments to 5 % of the merchants', parseMerchants)
    .option('--url <url>', 'another cluster; its CPU and ledger cannot be looked at', parseUrl)
    .option('--key <key>', 'API key (default: the demo key)')
    .option('--accounts <file>', 'JSON with customers and merchants (default: the demo accounts)')
    .option('--no-verify', 'leave out the checks of ledger, cache, replicas and log')
    .addHelpText('after', `\nProfiles:\n${list}`)
    .action(runProfile)
  registerCompare(load)
  load
    .command('mutations')
    .description('prove that the verdict can fail: clusters of its own with a fault each, 2 minutes')
    .action(proveVerdict)
}

/** Exit code 1 when a mutation was not found, or a cluster without one was not correct. */
async function proveVerdict(): Promise<void> {
  const { stop, hurry } = stopped()
  if (!(await runMutations(stop.signal, hurry.signal))) process.exitCode = 1
}

/** The first Ctrl-C ends in order, the second at once. */
function stopped(): StopSignals {
  const signals = stopOnSignals(() => {
    process.stdout.write('\nending at once\n')
  })
  // bootstrap.mjs is gone without a word: nobody is left to press Ctrl-C.
  process.once('disconnect', () => {
    signals.stop.abort()
  })
  return signals
}

async function runProfile(name: string, options: Options): Promise<void> {
  const { stop, hurry } = stopped()
  const request = requestOf(name, options)
  const { report, folder } = await runLoad(request, stop.signal, hurry.signal)
  const limits = request.profile.thresholds
  const thresholds = [...judgeThresholds(limits, report), ...judgeStages(limits, report.stages)]
  const goals = judgeGoals(report)
  writeReports(report, thresholds, goals, folder)
  process.stdout.write(`\n${printReport(report, thresholds, goals, folder.html)}\n`)
  const stages = stagesText(report.stages)
  if (stages !== undefined) process.stdout.write(`\n${stages}\n`)
  if (report.cut) process.exitCode = EXIT_INTERRUPTED
  const { state } = report.verdict
  const isDoubtful = state === 'violated' || state === 'unchecked'
  if (isDoubtful || thresholds.some((threshold) => threshold.state === 'fail')) process.exitCode = 1
}

/** @throws LoadError `unknown_profile`, `invalid_option` */
function requestOf(name: string, options: Options): LoadRequest {
  const profile = profileNamed(name)
  if (profile === undefined)
    throw new LoadError('unknown_profile', `there is no profile ${name}`, {
      remedy: `one of ${profiles.map((known) => known.name).join(', ')}`,
    })
  const { url, key, accounts, verify } = options
  const { workload, asDefined } = changeWorkload(profile, options)
  return {
    settings: loadSettings(),
    profile,
    workload,
    asDefined: asDefined && url === undefined,
    target: {
      ...(url === undefined ? {} : { url }),
      ...(key === undefined ? {} : { key }),
      ...(accounts === undefined ? {} : { accounts }),
    },
    verify,
  }
}
