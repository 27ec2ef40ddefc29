/**
 * Everything that a change has to pass, and one line that counts it:
 *
 *     npm test                      all of it
 *     npm test -- --only unit       one stage, by its name
 *
 * First the build, which the others stand on; then, one more at a time than there are cores, what needs one core: checks
 * of the code, tests with no server or with single ones; last the tests with whole clusters, two at a time. Every check of
 * the code counts as one, every test as one. All stages run, whatever an earlier one said, and each says what it has to
 * say when it is over.
 */
import { Buffer } from 'node:buffer'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const SOURCES = [
  'packages',
  'db',
  'cluster',
  'gateway',
  'payment-service',
  'inquiry-service',
  'payment-worker',
  'event-services',
  'bank-simulator',
  'traffic-generator',
  'load-tests',
  'ops',
  'tests',
]

const check = (name, ...command) => ({ name, start: () => runCheck(name, command) })
const suite = (name, options = {}) => ({ name, start: () => runSuite(name, options) })

/** One after the other; the stages of one step at once. */
const STEPS = [
  [check('types', 'tsc', '-b')],
  [
    check('lint', ...'eslint . --max-warnings 0 --cache --cache-location node_modules/.cache/eslint/'.split(' ')),
    suite('servers'),
    suite('unit'),
    check('format', 'prettier', '--check', '--log-level', 'warn', '.'),
    // npm leaves packages for other platforms out of the lock where a registry's mirror lacks them: npm ci refuses it then.
    check('lock-file', 'npm', 'ci', '--dry-run', '--silent'),
    check('types-of-tests', 'tsc', '-p', 'tsconfig.tests.json'),
    check('types-of-k6', 'tsc', '-p', 'load-tests/k6/tsconfig.json'),
    check('dependency-rules', 'depcruise', '--config', '.dependency-cruiser.js', '--output-type', 'err', ...SOURCES),
    check('dead-code', 'knip', '--no-progress'),
  ],
  // While one waits, for a node to come back or for a clock, the other works.
  [suite('clusters', { workers: 2, isAlone: true })],
]

/**
 * Runs a command to its end.
 *
 * @param isAlone  shows what it says as it says it; otherwise it is given with the exit code
 */
function run(command, { env = {}, isAlone = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), {
      stdio: isAlone ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${binaries}:${process.env.PATH}`, ...env },
    })
    const said = []
    child.stdout?.on('data', (chunk) => said.push(chunk))
    child.stderr?.on('data', (chunk) => said.push(chunk))
    child.once('error', (error) => resolve({ status: 1, output: error.message }))
    child.once('close', (status) => resolve({ status: status ?? 1, output: Buffer.concat(said).toString() }))
  })
}

async function runCheck(name, command) {
  const { status, output } = await run(command)
  process.stdout.write(output)
  console.log(`${status === 0 ? 'passed' : 'FAILED'}  ${name}`)
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 }
}

/**
 * A suite is a project of jest.config.js.
 *
 * @param workers  how many files at a time, each in a process of its own; one, in jest's own, unless told
 */
async function runSuite(name, { workers, isAlone }) {
  const parallelism = workers === undefined ? '--runInBand' : `--maxWorkers=${workers}`
  const folder = mkdtempSync(join(tmpdir(), 'payment-cluster-tests-'))
  const report = join(folder, 'report.json')
  try {
    const { status, output } = await run(
      ['jest', '--selectProjects', name, parallelism, '--json', '--outputFile', report],
      { env: { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' }, isAlone },
    )
    process.stdout.write(output)
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'))
    const failed = numFailedTests + numRuntimeErrorTestSuites
    console.log(`${status === 0 ? 'passed' : 'FAILED'}  ${name}: ${numPassedTests} of ${numPassedTests + failed} tests`)
    // Jest may fail without a failed test: no tests found, a handle that keeps it from ending.
    return { passed: numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed }
  } catch (error) {
    console.error(`FAILED  ${name}: ${error.message}`)
    return { passed: 0, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One more at once than there are cores, in their order: one with servers waits half of its time. */
async function runStep(stages) {
  const results = []
  const waiting = [...stages]
  const work = async () => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) results.push(await stage.start())
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism() + 1, stages.length) }, work))
  return results
}

const binaries = resolve('node_modules/.bin')
const { values } = parseArgs({ options: { only: { type: 'string' } } })
const steps = STEPS.map((stages) => stages.filter(({ name }) => values.only === undefined || name === values.only))
if (steps.every((stages) => stages.length === 0)) {
  const names = STEPS.flat().map(({ name }) => name)
  console.error(`no stage is named ${values.only}: ${names.join(', ')}`)
  process.exit(2)
}
const results = []
for (const stages of steps) results.push(...(await runStep(stages)))
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
