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
 * CPU time of each leader with all of its descendants. The time of a descendant that ended has gone to the parent that
 * waited for it, so that the sum never goes back.
 *
 * @returns seconds by the leader's pid; a leader that is not there is not in it
 */
export function cpuOfTrees(leaders: readonly number[], stats: readonly ProcStat[]): Map<number, number> {
  const byPid = new Map(stats.map((stat) => [stat.pid, stat]))
  const children = Map.groupBy(stats, (stat) => stat.ppid)
  const ticksOf = (stat: ProcStat): number =>
    (children.get(stat.pid) ?? []).reduce((sum, child) => sum + ticksOf(child), stat.cpuTicks)
  return new Map(
    leaders.flatMap((leader) => {
      const stat = byPid.get(leader)
      return stat === undefined ? [] : [[leader, ticksOf(stat) / TICKS_PER_S] as const]
    }),
  )
}

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

/** Resident memory in bytes, from /proc/<pid>/status; 0 when it does not say. */
export const parseRssBytes = (status: string): number => Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
