/** Nodes that outlived their supervisor (it was killed): found by their pid files, verified by their start time. */
import { rmSync } from 'node:fs'
import { ClusterError } from '../cluster-error.ts'
import { needsReset, RESET_COMMAND } from '../initialised-marker.ts'
import type { Layout } from '../layout.ts'
import { readLivePidFiles, removePidFile, type PidRecord } from '../process/pid-file.ts'
import { groupIsAlive, signalGroup } from '../process/process-group.ts'
import { isAlive } from '../process/process-identity.ts'
import { waitUntil } from '../wait.ts'
import { lockHolder } from './cluster-lock.ts'

/** Clients first, then what they depend on: the reverse of a start. */
const STOP_ORDER = [
  'traffic-generator',
  'gateway',
  'payment-service',
  'inquiry-service',
  'payment-worker',
  'event-services',
  'bank-simulator',
  'redis',
  'kafka',
  'postgres',
]
const STOP_TIMEOUT_MS = 15_000
const KILL_TIMEOUT_MS = 10_000

/** Nodes that run although no supervisor does. */
export const findLeftovers = (layout: Layout): PidRecord[] =>
  lockHolder(layout.lock) === undefined ? readLivePidFiles(layout.pids) : []

/** What is wrong and the one command that mends it: a first start that was killed left data that no start can use. */
export const leftoversError = (layout: Layout, leftovers: readonly PidRecord[]): ClusterError =>
  new ClusterError(
    'leftovers_running',
    `a run that was killed left nodes behind: ${leftovers.map(({ node, pid }) => `${node} (pid ${pid})`).join(', ')}`,
    { remedy: needsReset(layout) ? RESET_COMMAND : 'npm run cluster -- down' },
  )

/**
 * For a supervisor that holds the lock and has started nothing yet.
 *
 * @throws ClusterError `leftovers_running` that names them
 */
export function refuseLeftovers(layout: Layout): void {
  const leftovers = readLivePidFiles(layout.pids)
  if (leftovers.length > 0) throw leftoversError(layout, leftovers)
}

/** Stops every leftover in order. Returns their names. */
export async function stopLeftovers(layout: Layout): Promise<string[]> {
  const leftovers = findLeftovers(layout)
  for (const kind of STOP_ORDER) {
    await Promise.all(leftovers.filter((record) => kindOf(record) === kind).map((record) => stopOne(layout, record)))
  }
  rmSync(layout.lock, { force: true })
  rmSync(layout.control, { force: true })
  return leftovers.map((record) => record.node)
}

const kindOf = (record: PidRecord): string =>
  STOP_ORDER.find((kind) => record.node.startsWith(kind)) ?? STOP_ORDER[0] ?? record.node

const isGone = (record: PidRecord): boolean => !isAlive(record) && !groupIsAlive(record.pid)

async function stopOne(layout: Layout, record: PidRecord): Promise<void> {
  const stillThere = (): string | undefined => (isGone(record) ? undefined : 'it still runs')
  if (isAlive(record)) {
    // SIGINT is PostgreSQL's fast stop (SIGTERM waits for clients); the others take it as SIGTERM.
    process.kill(record.pid, 'SIGCONT')
    process.kill(record.pid, record.node.startsWith('postgres') ? 'SIGINT' : 'SIGTERM')
  } else {
    signalGroup(record.pid, 'SIGKILL')
  }
  try {
    await waitUntil(`${record.node} to stop`, STOP_TIMEOUT_MS, stillThere)
  } catch {
    signalGroup(record.pid, 'SIGKILL')
    await waitUntil(`${record.node} to end`, KILL_TIMEOUT_MS, stillThere)
  }
  removePidFile(layout.pids, record.node)
}
