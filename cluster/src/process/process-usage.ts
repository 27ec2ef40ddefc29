/** Memory and CPU time of a node: its process and all descendants. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { STAT, statFields } from './process-identity.ts'
import { childrenByParent, descendantsOf } from './process-tree.ts'

export interface ProcessUsage {
  /** Resident memory; what descendants share with the leader (PostgreSQL's buffers) counts once. */
  readonly rssBytes: number
  readonly cpuS: number
}

/** USER_HZ, the unit of /proc's times: 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100

/** Reads the usage of every given leader. */
export function usageOf(leaders: readonly number[]): Map<number, ProcessUsage> {
  return process.platform === 'linux' ? usageFromProc(leaders) : usageFromPs(leaders)
}

function usageFromProc(leaders: readonly number[]): Map<number, ProcessUsage> {
  const children = childrenByParent()
  return new Map(
    leaders
      .filter((leader) => statFields(leader) !== undefined)
      .map((leader) => {
        const below = descendantsOf(leader, children)
        const cpuTicks = [leader, ...below].reduce((sum, pid) => sum + ticksOf(pid), 0)
        const rssKb = below.reduce((sum, pid) => sum + statusKb(pid, 'RssAnon'), statusKb(leader, 'VmRSS'))
        return [leader, { rssBytes: rssKb * 1024, cpuS: cpuTicks / TICKS_PER_S }]
      }),
  )
}

function ticksOf(pid: number): number {
  const fields = statFields(pid)
  return fields === undefined ? 0 : Number(fields[STAT.utime]) + Number(fields[STAT.stime])
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
