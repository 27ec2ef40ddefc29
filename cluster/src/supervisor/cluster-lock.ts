/**
 * One supervisor per state folder. The lock is a file with the supervisor's identity, made by `link`, which is atomic and
 * shows a complete file or none; a lock whose process has ended is taken over.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { ClusterError } from '../cluster-error.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from '../process/process-identity.ts'

const lockSchema = z.object({ pid: z.int(), started: z.string(), since: z.iso.datetime() })

/** The supervisor that holds the lock, if it lives. */
export function lockHolder(path: string): ProcessIdentity | undefined {
  const holder = readLock(path)
  return holder !== undefined && isAlive(holder) ? holder : undefined
}

/**
 * Takes the lock for this process.
 *
 * @returns releases it
 * @throws ClusterError `already_running` when another supervisor lives
 */
export function takeLock(path: string): () => void {
  const own = `${path}.${process.pid}`
  writeFileSync(own, `${JSON.stringify({ ...ownIdentity(), since: new Date().toISOString() })}\n`)
  try {
    if (!tryLink(own, path)) {
      removeStale(path)
      if (!tryLink(own, path)) throw held(path)
    }
  } finally {
    rmSync(own, { force: true })
  }
  return () => {
    if (readLock(path)?.pid === process.pid) rmSync(path, { force: true })
  }
}

/** @returns releases the lock; undefined when somebody who lives has it, or a stale one is another user's to remove */
export function tryLock(path: string): (() => void) | undefined {
  if (lockHolder(path) !== undefined) return undefined
  try {
    return takeLock(path)
  } catch {
    // Taken in this very moment, or not ours.
    return undefined
  }
}

function removeStale(path: string): void {
  if (lockHolder(path) !== undefined) throw held(path)
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  // Another start may have taken the stale lock over in between: then what was moved is its live lock. Put it back.
  if (lockHolder(aside) !== undefined) tryLink(aside, path)
  rmSync(aside, { force: true })
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readLock(path: string): ProcessIdentity | undefined {
  try {
    return lockSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

const held = (path: string): ClusterError =>
  new ClusterError('already_running', `the cluster of this folder runs already (pid ${String(readLock(path)?.pid)})`, {
    remedy: 'Ctrl-C where it runs, or: npm run cluster -- down',
  })
