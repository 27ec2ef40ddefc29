/**
 * The way into every command: plain JavaScript without dependencies, which runs on the machine's own Node before anything
 * is installed.
 *
 *     Node recent enough? ─▶ npm ci, if packages are missing or others than the lock names ─▶ tsc -b ─▶ cluster/dist/cli.js
 *
 * The last two run on the Node that package.json pins, whatever the machine has. `--no-build` skips the build.
 */
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

const MIN_NODE = [20, 19]
/** Load profiles, benches and sizing stand on the cluster's tools, and are a program of their own. */
const LOAD_TESTS = ['load', 'bench', 'size']
/** Operating a cluster, here or elsewhere, is a program of its own as well: it speaks to the API alone. */
const OPS = ['ops']
/** So is what sends it traffic. */
const TRAFFIC = ['traffic']
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pinnedNode = join(root, 'node_modules/node/bin/node')

requireNode()
if (packagesDiffer()) installPackages()
const given = process.argv.slice(2)
if (!given.includes('--no-build')) build()
runCli(given.filter((argument) => argument !== '--no-build'))

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return
  stop(`Node ${MIN_NODE.join('.')} or later is needed to start; this is ${process.versions.node}`)
}

/** Compares what is installed with the lock, by content: times of files say nothing after a checkout. */
function packagesDiffer() {
  const locked = packagesOf(join(root, 'package-lock.json'))
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'))
  if (installed === undefined || !existsSync(pinnedNode)) return true
  return Object.entries(locked ?? {}).some(([path, wanted]) => {
    if (!path.includes('node_modules/') || wanted.link) return false
    const found = installed[path]
    // Packages for other platforms are left out.
    if (found === undefined) return !wanted.optional && !wanted.peer
    return found.version !== wanted.version
  })
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

function installPackages() {
  step('npm packages', 'npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'])
  if (!existsSync(pinnedNode)) {
    stop('the npm package "node" brought no program: are install scripts switched off? npm rebuild node')
  }
}

function build() {
  step('build', pinnedNode, [join(root, 'node_modules/typescript/bin/tsc'), '-b'])
}

/** Runs a command quietly; shows what it said when it fails. */
function step(title, file, args) {
  const startedAt = performance.now()
  if (process.stderr.isTTY) process.stderr.write(`  ${title} …\r`)
  const { status, stdout, stderr, error, signal } = spawnSync(file, args, { cwd: root, encoding: 'utf8' })
  if (signal !== null) process.exit(130)
  if (error !== undefined) stop(`${title}: ${error.message}`)
  if (status !== 0 && !isWritable(root)) {
    stop(`${title} failed: this user cannot write to ${root}\n  → chown or remount it, or copy the project elsewhere`)
  }
  if (status !== 0) stop(`${title} failed:\n${stdout}${stderr}`)
  process.stderr.write(`✔ ${title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`)
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function programOf([command]) {
  if (OPS.includes(command)) return join(root, 'ops/dist/main.js')
  if (TRAFFIC.includes(command)) return join(root, 'traffic-generator/command/dist/main.js')
  return join(root, LOAD_TESTS.includes(command) ? 'load-tests/dist/main.js' : 'cluster/dist/cli.js')
}

/**
 * The command proper. Signals are passed on: a terminal sends Ctrl-C to every process, and npm passes on SIGTERM (a SIGINT
 * that is sent to npm alone ends nothing: that is npm's). The channel between the two tells the command when this process is
 * gone without a word.
 */
function runCli(args) {
  const flags = ['--enable-source-maps', '--disable-warning=TimeoutNegativeWarning']
  const child = spawn(pinnedNode, [...flags, programOf(args), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => stop(error.message))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function stop(message) {
  process.stderr.write(`✖ ${message}\n`)
  process.exit(1)
}
