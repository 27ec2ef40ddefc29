/** A process and all that it started. PostgreSQL's backends lead sessions of their own: no process group holds them. */
import { allPids } from './process-group.ts'
import { STAT, statFields } from './process-identity.ts'

/** Children by parent, of every process that can be read. Empty where there is no /proc. */
export function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (const pid of allPids()) {
    const parent = Number(statFields(pid)?.[STAT.ppid])
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [pid])
    else siblings.push(pid)
  }
  return children
}

/** All descendants, parents before their children. */
export function descendantsOf(pid: number, children: ReadonlyMap<number, readonly number[]>): number[] {
  return (children.get(pid) ?? []).flatMap((child) => [child, ...descendantsOf(child, children)])
}

/** Sends a signal to a process and all its descendants. What has ended meanwhile is passed over. */
export function signalTree(leader: number, signal: NodeJS.Signals): void {
  for (const pid of [leader, ...descendantsOf(leader, childrenByParent())]) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
