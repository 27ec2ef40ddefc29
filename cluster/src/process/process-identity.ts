/**
 * Which process a pid means. Pids are reused, so a pid alone proves nothing: with its start time it does.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Opaque: clock ticks since boot on Linux, `ps`'s start time elsewhere. */
  readonly started: string
}

/** The identity of a live process, or undefined when there is none with that pid. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startTicks(pid) : startedByPs(pid)
  return started === undefined ? undefined : { pid, started }
}

/** Whether exactly this process still lives; a zombie does not. */
export const isAlive = (identity: ProcessIdentity): boolean => identify(identity.pid)?.started === identity.started

export const ownIdentity = (): ProcessIdentity => {
  const identity = identify(process.pid)
  if (identity === undefined) throw new Error('cannot read the own process')
  return identity
}

/** The fields of /proc/<pid>/stat after the command, which may hold blanks and brackets; proc_pid_stat(5). */
export function statFields(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** Positions within `statFields`: proc_pid_stat(5) counts from 1 and the first two are cut off. */
export const STAT = { state: 0, ppid: 1, pgrp: 2, session: 3, utime: 11, stime: 12, starttime: 19 } as const

function startTicks(pid: number): string | undefined {
  const fields = statFields(pid)
  return fields === undefined || fields[STAT.state] === 'Z' ? undefined : fields[STAT.starttime]
}

function startedByPs(pid: number): string | undefined {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
    return state?.startsWith('Z') === true ? undefined : started.join(' ')
  } catch {
    return undefined
  }
}
