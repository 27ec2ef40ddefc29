/** What this machine lets a load generator have. */
import { hardOpenFileLimit } from '@paycluster/cluster/process/open-file-limit'
import { LoadError } from '../load-error.ts'

/** Files that k6 opens beside its connections. */
const FILES_BESIDE_USERS = 100
/** The rest is the cluster's. */
const MEMORY_SHARE = 0.6
const MIB = 1024 * 1024
/** As k6's memory grows at a steady load, and what 3000 users take of it before their first request. */
const GARBAGE_BYTES_A_REQUEST = 18_500
const BYTES_A_USER = 1_165_000
const MIN_LIMIT_BYTES = 512 * MIB

/**
 * A Go program raises its own limit to the hard one.
 *
 * @throws LoadError `too_few_files`: every user keeps a connection, and a connection is a file
 */
export function requireFiles(users: number): void {
  const allowed = hardOpenFileLimit()
  const needed = users + FILES_BESIDE_USERS
  if (allowed >= needed) return
  throw new LoadError('too_few_files', `${users} users need ${needed} open files; this process may have ${allowed}`, {
    remedy: `ulimit -Hn ${needed} as root, or fewer --users`,
  })
}

/**
 * Go's garbage collector, to run when `GeneratorMemory` asks it to, as the warm-up ends, and not by itself.
 *
 * Under the default collector k6 itself took reads from a p95 of 18 ms to 610 ms, at 3000 users and with the same server.
 * Switched off altogether, k6 writes to memory that it has never had before: a third of its CPU went to the kernel's
 * clearing of pages, 232 µs a request against 186 with memory that is used again. What is freed before the measured time
 * is what is used in it. The limit is for a load that leaves more garbage than the memory that is there: then Go collects
 * within the run, and the report says so.
 *
 * @param users  at once, at most
 * @param requests  in the whole run
 */
export function collectorSettings(
  { users, requests }: { users: number; requests: number },
  availableBytes = process.availableMemory(),
): { GOGC: string; GOMEMLIMIT: string } {
  const wanted = Math.max(MIN_LIMIT_BYTES, users * BYTES_A_USER + requests * GARBAGE_BYTES_A_REQUEST)
  return { GOGC: 'off', GOMEMLIMIT: `${Math.floor(Math.min(wanted, availableBytes * MEMORY_SHARE) / MIB)}MiB` }
}
