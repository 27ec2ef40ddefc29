import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import type { Command } from 'commander'
import { LoadError } from './load-error.ts'
import { profileNamed, profiles } from './profiles/index.ts'
import { judgeGoals, judgeThresholds } from './report/judge-thresholds.ts'
import { printReport } from './report/print-report.ts'
import { writeReports } from './report/write-reports.ts'
import { runLoad, type LoadRequest } from './run-load.ts'
import {
  parseCustomers,
  parseMeasuredTime,
  parseMerchants,
  parseMix,
  parseRamp,
  parseThink,
  parseUrl,
  parseUsers,
  parseWarmUp,
} from './settings/parse-options.ts'
import type { Workload } from './workload/workload.ts'

interface Options {
  readonly users?: number
  readonly duration?: number
  readonly warmUp?: number
  readonly ramp?: number
  readonly think?: number
  readonly mix?: Workload['mix']
  readonly customers?: Workload['customers']
  readonly merchants?: Workload['merchants']
  readonly url?: string
  readonly key?: string
  readonly accounts?: string
  readonly verify: boolean
}

/** The shell's code for "ended by Ctrl-C". */
const EXIT_INTERRUPTED = 130

/** `npm run load -- <profile>`: exit code 1 when a threshold is crossed or the verdict is anything but correct. */
export function registerLoad(program: Command): void {
  const list = profiles.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')
  program
    .command('load')
    .description('run a k6 profile, and judge what the clients saw')
    .argument('<profile>', profiles.map(({ name }) => name).join(', '))
    .option('--users <n>', 'virtual users at once, a connection each', parseUsers)
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
    .action(load)
}

async function load(name: string, options: Options): Promise<void> {
  const { stop, hurry } = stopOnSignals(() => {
    process.stdout.write('\nending at once\n')
  })
  // bootstrap.mjs is gone without a word: nobody is left to press Ctrl-C.
  process.once('disconnect', () => {
    stop.abort()
  })
  const request = requestOf(name, options)
  const { report, folder } = await runLoad(request, stop.signal, hurry.signal)
  const thresholds = judgeThresholds(request.profile.thresholds, report)
  const goals = judgeGoals(report)
  writeReports(report, thresholds, goals, folder)
  process.stdout.write(`\n${printReport(report, thresholds, goals, folder.html)}\n`)
  if (report.cut) process.exitCode = EXIT_INTERRUPTED
  const { state } = report.verdict
  const isDoubtful = state === 'violated' || state === 'unchecked'
  if (isDoubtful || thresholds.some((threshold) => threshold.state === 'fail')) process.exitCode = 1
}

/** @throws LoadError `unknown_profile` */
function requestOf(name: string, options: Options): LoadRequest {
  const profile = profileNamed(name)
  if (profile === undefined)
    throw new LoadError('unknown_profile', `there is no profile ${name}`, {
      remedy: `one of ${profiles.map((known) => known.name).join(', ')}`,
    })
  const { users, duration, ramp, warmUp, think, mix, customers, merchants, url, key, accounts, verify } = options
  const changes: Partial<Workload> = {
    ...(users === undefined ? {} : { users }),
    ...(duration === undefined ? {} : { durationS: duration }),
    ...(ramp === undefined ? {} : { rampS: ramp }),
    ...(warmUp === undefined ? {} : { warmUpS: warmUp }),
    ...(think === undefined ? {} : { thinkS: think }),
    ...(mix === undefined ? {} : { mix }),
    ...(customers === undefined ? {} : { customers }),
    ...(merchants === undefined ? {} : { merchants }),
  }
  return {
    profile,
    workload: { ...profile.workload, ...changes },
    asDefined: Object.keys(changes).every((name) => name === 'durationS') && url === undefined,
    target: {
      ...(url === undefined ? {} : { url }),
      ...(key === undefined ? {} : { key }),
      ...(accounts === undefined ? {} : { accounts }),
    },
    verify,
  }
}
