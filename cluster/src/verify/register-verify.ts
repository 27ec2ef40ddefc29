import { InvalidArgumentError, type Command } from 'commander'
import { ClusterError } from '../cluster-error.ts'
import { clusterStatus } from '../cluster-status.ts'
import { layoutOf } from '../layout.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { describeResult, HEADINGS } from './report.ts'
import { targetOf } from './target.ts'
import { passed, verify } from './verify.ts'

interface Options {
  readonly accepted?: string
  readonly wait: number
  readonly json?: true
}

/** `npm run verify`: exit code 1 when an invariant is violated or could not be checked. */
export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('checks every invariant on the running cluster, under load as well')
    .option('--accepted <file>', 'what clients saw accepted: ids or JSON lines (default: of the newest load run)')
    .option('--wait <seconds>', 'how long posting, publishing and replaying may take', toSeconds, 30)
    .option('--json', 'as JSON')
    .action(async ({ accepted, wait, json }: Options) => {
      const settings = loadSettings()
      const nodes = await clusterStatus(layoutOf(settings))
      if (nodes.length === 0)
        throw new ClusterError('not_running', 'the cluster is not running', { remedy: 'npm run cluster -- up' })
      const target = targetOf(settings, accepted)
      const print = (text: string): void => {
        if (json !== true) process.stdout.write(`${text}\n`)
      }
      print(HEADINGS)
      const results = await verify(target, {
        waitMs: wait * 1000,
        onResult: (result) => {
          print(describeResult(result))
        },
      })
      if (json === true) process.stdout.write(`${JSON.stringify({ passed: passed(results), results }, null, 2)}\n`)
      if (!passed(results)) process.exitCode = 1
    })
}

function toSeconds(text: string): number {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 3600) throw new InvalidArgumentError('0 to 3600 seconds')
  return seconds
}
