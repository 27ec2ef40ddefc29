/** Memory and CPU time of a node: its process and all descendants. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { allPids } from './process-group.ts'
import { STAT, statFields } from './process-identity.ts'

export interface ProcessUsage {
  /** Resident memory; what descendants share with the leader (PostgreSQL's buffers) counts once. */
  readonly rssBytes: number
  readonly cpuS: number
}

/** USER_HZ, the unit of /proc's times: 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100

/** Reads the usage of every given leader in one pass over the process table. */
export function usageOf(leaders: readonly number[]): Map<number, ProcessUsage> {
  return process.platform === 'linux' ? usageFromProc(leaders) : usageFromPs(leaders)
}

function usageFromProc(leaders: readonly number[]): Map<number, ProcessUsage> {
  const children = new Map<number, number[]>()
  const ticks = new Map<number, number>()
  for (const pid of allPids()) {
    const fields = statFields(pid)
    if (fields === undefined) continue
    const parent = Number(fields[STAT.ppid])
    children.set(parent, [...(children.get(parent) ?? []), pid])
    ticks.set(pid, Number(fields[STAT.utime]) + Number(fields[STAT.stime]))
  }
  return new Map(
    leaders
      .filter((leader) => ticks.has(leader))
      .map((leader) => {
        const below = descendantsOf(leader, children)
        const cpuTicks = [leader, ...below].reduce((sum, pid) => sum + (ticks.get(pid) ?? 0), 0)
        const rssKb = below.reduce((sum, pid) => sum + statusKb(pid, 'RssAnon'), statusKb(leader, 'VmRSS'))
        return [leader, { rssBytes: rssKb * 1024, cpuS: cpuTicks / TICKS_PER_S }]
      }),
  )
}

function descendantsOf(pid: number, children: ReadonlyMap<number, readonly number[]>): number[] {
  return (children.get(pid) ?? []).flatMap((child) => [child, ...descendantsOf(child, children)])
}

function statusKb(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  } catch {
    return 0
  }
}

function usageFromPs(leaders: readonly number[]): Map<number, ProcessUsage> {
  const usage = new Map<number, ProcessUsage>()
  if (leaders.length === 0) return usage
  const text = execFileSync('ps', ['-o', 'pid=,rss=,time=', '-p', leaders.join(',')], { encoding: 'utf8' })
  for (const line of text.trim().split('\n')) {
    const [pid, rssKb, time] = line.trim().split(/\s+/)
    const cpuS = (time ?? '0').split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0)
    usage.set(Number(pid), { rssBytes: Number(rssKb) * 1024, cpuS })
  }
  return usage
}
