/**
 * Everything that a change has to pass, in the order in which it fails fastest, and one line that counts it:
 *
 *     npm test                      all of it
 *     npm test -- --only unit       one stage, by its name
 *
 * Every check of the code counts as one, every test as one. All stages run, whatever an earlier one said.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
  'load-tests',
  'ops',
  'tests',
]

const CHECKS = [
  // npm leaves packages for other platforms out of the lock where a registry's mirror lacks them: npm ci refuses it then.
  { name: 'lock-file', command: ['npm', 'ci', '--dry-run', '--silent'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'types-of-tests', command: ['tsc', '-p', 'tsconfig.tests.json'] },
  { name: 'types-of-k6', command: ['tsc', '-p', 'load-tests/k6/tsconfig.json'] },
  {
    name: 'lint',
    command: ['eslint', '.', '--max-warnings', '0', '--cache', '--cache-location', 'node_modules/.cache/eslint/'],
  },
  {
    name: 'dependency-rules',
    command: ['depcruise', '--config', '.dependency-cruiser.js', '--output-type', 'err', ...SOURCES],
  },
  { name: 'dead-code', command: ['knip', '--no-progress'] },
]

const SUITES = [
  { name: 'unit', args: ['--selectProjects', 'unit'] },
  // Real servers on two cores: one file at a time.
  { name: 'integration', args: ['--selectProjects', 'tests', '--runInBand'] },
]

const run = (command, env = {}) =>
  spawnSync(command[0], command.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${resolve('node_modules/.bin')}:${process.env.PATH}`, ...env },
  }).status ?? 1

function runCheck({ name, command }) {
  const isPassed = run(command) === 0
  console.log(`${isPassed ? 'passed' : 'FAILED'}  ${name}`)
  return { passed: isPassed ? 1 : 0, failed: isPassed ? 0 : 1 }
}

function runSuite({ name, args }) {
  const folder = mkdtempSync(join(tmpdir(), 'payment-cluster-tests-'))
  const report = join(folder, 'report.json')
  try {
    const status = run(['jest', ...args, '--json', '--outputFile', report], {
      NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
    })
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

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const stages = [
  ...CHECKS.map((check) => ({ ...check, start: runCheck })),
  ...SUITES.map((suite) => ({ ...suite, start: runSuite })),
]
const chosen = stages.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0) {
  console.error(`no stage is named ${values.only}: ${stages.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
const results = chosen.map((stage) => stage.start(stage))
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
