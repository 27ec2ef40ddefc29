import { writeFileSync } from 'node:fs'
import { stopOnSignals } from '@paycluster/cluster/commands/stop-signals'
import type { Command } from 'commander'
import { say, writeJson } from '../bench/common/bench-options.ts'
import { findLocalCluster } from '../bench/common/local-cluster.ts'
import { LoadError } from '../load-error.ts'
import { parseMeasuredTime } from '../settings/parse-options.ts'
import { writableFile } from '../settings/writable-file.ts'
import { readMeasurements, REFERENCE_FILE } from './measurements.ts'
import { crossValidate } from './model/cross-validation.ts'
import { fitSweep } from './model/fit-sweep.ts'
import { sizeCluster } from './model/size-cluster.ts'
import { modelText, validationText } from './print-model.ts'
import { sizingText } from './print-sizing.ts'
import { addSizeOptions, requirementsOf, type SizeOptions } from './size-options.ts'
import { parseLevels, planLevels } from './sweep/levels.ts'
import { runSweep } from './sweep/run-sweep.ts'

interface MeasureOptions {
  readonly out: string
  readonly inFlight?: number[]
  readonly thinking?: number[]
  readonly duration: number
}

interface CheckOptions {
  readonly from: string
  readonly json?: string
}

/** `npm run size`: exit code 1 when the model does not predict what it has not seen. */
export function registerSize(program: Command): void {
  const size = program.command('size').description('size a cluster from what was measured')
  addSizeOptions(size).enablePositionalOptions().action(sizeIt)
  size
    .command('measure')
    .description('sweep the running native cluster over levels of concurrency: 12 minutes')
    .requiredOption('--out <file>', 'where the measurements go', writableFile)
    .option('--in-flight <list>', 'levels without think time, such as 1,8,64,512', parseLevels('--in-flight'))
    .option('--thinking <list>', 'levels with a second of it, such as 500,3000', parseLevels('--thinking'))
    .option('--duration <time>', 'that a level is measured', parseMeasuredTime, 12)
    .action(measure)
  size
    .command('check')
    .description('lay the model’s predictions beside loads that it has not seen')
    .option('--from <file>', 'measurements of a sweep', REFERENCE_FILE)
    .option('--json <file>', 'write the predictions there', writableFile)
    .action(check)
}

function sizeIt(options: SizeOptions): void {
  const requirements = requirementsOf(options)
  const measurements = readMeasurements(options.from)
  const validation = orRefuse(() => crossValidate(measurements.levels))
  const sizing = orRefuse(() => sizeCluster(measurements, requirements))
  writeJson({ measuredOn: measurements.environment.machine, validation, ...sizing }, options.json)
  process.stdout.write(`${sizingText(sizing, measurements, validation)}\n`)
  if (!validation.isPassed) process.exitCode = 1
}

async function measure({ out, inFlight, thinking, duration }: MeasureOptions): Promise<void> {
  const { stop, hurry } = stopOnSignals(() => undefined)
  const { cluster } = await findLocalCluster()
  const levels = planLevels(inFlight, thinking)
  const measurements = await runSweep({
    cluster,
    levels,
    durationS: duration,
    stop: stop.signal,
    hurry: hurry.signal,
    say,
  })
  writeFileSync(out, `${JSON.stringify(measurements, null, 2)}\n`)
  say(`written to ${out}: npm run size -- check --from ${out}`)
}

function check({ from, json }: CheckOptions): void {
  const measurements = readMeasurements(from)
  const model = orRefuse(() => fitSweep(measurements))
  const validation = orRefuse(() => crossValidate(measurements.levels))
  writeJson(validation, json)
  process.stdout.write(`${modelText(model, measurements)}\n\n${validationText(validation)}\n`)
  if (!validation.isPassed) process.exitCode = 1
}

/** What the model cannot do is said in a line, as a wrong option is. */
function orRefuse<T>(compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    if (error instanceof RangeError) throw new LoadError('no_sizing', error.message, { cause: error })
    throw error
  }
}
