/** A node's log: its standard output and error, appended, kept within bounds. */
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Beyond it, a start moves the log aside; one older log is kept. */
const MAX_LOG_BYTES = 64 * 1024 * 1024
/** Enough for the stack of one error. */
const TAIL_BYTES = 8 * 1024

export const logPath = (folder: string, node: string): string => join(folder, `${node}.log`)

/** Opens a node's log for appending; the caller closes it once its child has it. */
export function openLog(folder: string, node: string): number {
  const path = logPath(folder, node)
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > MAX_LOG_BYTES) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o640)
}

/** The last lines of a log, or an empty text when there is none. */
export function tailOf(path: string, lines: number): string {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    const size = fstatSync(file).size
    const bytes = Math.min(size, Math.max(TAIL_BYTES, lines * 200))
    const buffer = Buffer.alloc(bytes)
    readSync(file, buffer, 0, bytes, size - bytes)
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } finally {
    closeSync(file)
  }
}
