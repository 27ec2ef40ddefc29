/** CPU time of processes as Linux counts it, in /proc/<pid>/stat; proc_pid_stat(5). */

export interface ProcStat {
  readonly pid: number
  readonly ppid: number
  /** Of the process itself and of the children it has waited for, in clock ticks. */
  readonly cpuTicks: number
}

/** USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100

/** The content of a stat file, or undefined when it is none. The command in brackets may hold blanks and brackets. */
export function parseProcStat(text: string): ProcStat | undefined {
  const end = text.lastIndexOf(')')
  const pid = Number(text.slice(0, text.indexOf(' ')))
  const [, ppid, , , , , , , , , , utime, stime, cutime, cstime] = text
    .slice(end + 2)
    .split(' ')
    .map(Number)
  if (end < 0 || ppid === undefined || utime === undefined || stime === undefined) return undefined
  const cpuTicks = utime + stime + (cutime ?? 0) + (cstime ?? 0)
  return Number.isInteger(pid) && Number.isInteger(cpuTicks) ? { pid, ppid, cpuTicks } : undefined
}

/**
 * Each leader with all of its descendants.
 *
 * @returns by the leader's pid; a leader that is not there is not in it
 */
export function treesOf(leaders: readonly number[], stats: readonly ProcStat[]): Map<number, ProcStat[]> {
  const byPid = new Map(stats.map((stat) => [stat.pid, stat]))
  const children = Map.groupBy(stats, (stat) => stat.ppid)
  const treeOf = (stat: ProcStat): ProcStat[] => [stat, ...(children.get(stat.pid) ?? []).flatMap(treeOf)]
  return new Map(
    leaders.flatMap((leader) => {
      const stat = byPid.get(leader)
      return stat === undefined ? [] : [[leader, treeOf(stat)] as const]
    }),
  )
}

/** In seconds. The time of a process that ended has gone to the parent that waited for it: the sum never goes back. */
export const cpuOf = (tree: readonly ProcStat[]): number =>
  tree.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / TICKS_PER_S

/** Busy and total time of all cores since boot, from /proc/stat; proc_stat(5). */
export function parseMachineCpu(text: string): { busyS: number; totalS: number } {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = (
    text.split('\n')[0] ?? ''
  )
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const busy = user + nice + system + irq + softirq + steal
  return { busyS: busy / TICKS_PER_S, totalS: (busy + idle + iowait) / TICKS_PER_S }
}

/** Resident memory of one process. */
export interface Resident {
  /** Its own. */
  readonly privatePages: number
  /** Of files, and shared with other processes: PostgreSQL's buffers. */
  readonly sharedPages: number
}

/** 4 kB on every Linux that PostgreSQL and Node are built for here. */
const PAGE_BYTES = 4096

/** From /proc/<pid>/statm; undefined for a process that ended meanwhile. proc_pid_statm(5) */
export function parseStatm(text: string): Resident | undefined {
  const [, resident, shared] = text.split(' ').map(Number)
  if (resident === undefined || shared === undefined) return undefined
  return { privatePages: resident - shared, sharedPages: shared }
}

/** Bytes of a tree: what each process has for itself, and what they share once, as much of it as one of them uses. */
export const residentBytes = (tree: readonly Resident[]): number =>
  PAGE_BYTES *
  (tree.reduce((sum, { privatePages }) => sum + privatePages, 0) +
    Math.max(0, ...tree.map(({ sharedPages }) => sharedPages)))
