/** What this machine lets a load generator have. */
import { readFileSync } from 'node:fs'
import { LoadError } from '../load-error.ts'

/** Files that k6 opens beside its connections. */
const FILES_BESIDE_USERS = 100
/** The rest is the cluster's. */
const MEMORY_SHARE = 0.6
const MIB = 1024 * 1024

/** The hard limit of open files in /proc/<pid>/limits, to which Go programs raise their own; Infinity for none. */
export function parseMaxOpenFiles(text: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(text)?.[1]
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard)
}

/** @throws LoadError `too_few_files`: every user keeps a connection, and a connection is a file */
export function requireFiles(users: number): void {
  const allowed = parseMaxOpenFiles(readLimits())
  const needed = users + FILES_BESIDE_USERS
  if (allowed >= needed) return
  throw new LoadError('too_few_files', `${users} users need ${needed} open files; this process may have ${allowed}`, {
    remedy: `ulimit -Hn ${needed} as root, or fewer --users`,
  })
}

/**
 * Go's garbage collector off until memory is short. At 3000 users the default collector of k6 itself took reads from a
 * p95 of 18 ms to 610 ms, with the same server and the same load.
 */
export function collectorSettings(availableBytes = process.availableMemory()): { GOGC: string; GOMEMLIMIT: string } {
  return { GOGC: 'off', GOMEMLIMIT: `${Math.floor((availableBytes * MEMORY_SHARE) / MIB)}MiB` }
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}
