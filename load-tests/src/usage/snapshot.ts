/** What every node has used so far. Linux alone tells; elsewhere there is no snapshot. */
import { readdirSync, readFileSync } from 'node:fs'
import { cpuOf, parseMachineCpu, parseProcStat, parseStatm, residentBytes, treesOf } from './proc-stat.ts'

export interface NodeProcess {
  readonly node: string
  readonly pid: number
}

export interface NodeUsage extends NodeProcess {
  /** Since the process started, with its descendants. */
  readonly cpuS: number
  /** Now, with its descendants. */
  readonly rssBytes: number
}

export interface Snapshot {
  readonly atMs: number
  readonly nodes: readonly NodeUsage[]
  readonly machine: { readonly busyS: number; readonly totalS: number }
}

/** One pass over /proc: two milliseconds. Undefined where there is no /proc. */
export function takeSnapshot(processes: readonly NodeProcess[]): Snapshot | undefined {
  if (process.platform !== 'linux') return undefined
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const stats = pids.flatMap((pid) => parseProcStat(read(`/proc/${pid}/stat`)) ?? [])
  const trees = treesOf(
    processes.map(({ pid }) => pid),
    stats,
  )
  const nodes = processes.flatMap(({ node, pid }) => {
    const tree = trees.get(pid)
    if (tree === undefined) return []
    const resident = tree.flatMap((one) => parseStatm(read(`/proc/${one.pid}/statm`)) ?? [])
    return [{ node, pid, cpuS: cpuOf(tree), rssBytes: residentBytes(resident) }]
  })
  return { atMs: Date.now(), nodes, machine: parseMachineCpu(read('/proc/stat')) }
}

/** Empty for a process that ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
