/** postmaster.pid of a killed server. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Removes a lock file whose pid now means another process: PostgreSQL, seeing that pid alive and of its own user (a replica
 * may well have been given it), would refuse to start. Children of the killed server that still live are noticed all the
 * same, by the shared memory that is tied to the data folder.
 */
export function removeStaleLockFile(data: string): void {
  const path = join(data, 'postmaster.pid')
  const pid = Number(readText(path).split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 0) return
  const command = readText(`/proc/${pid}/cmdline`)
  if (command !== '' && !command.split('\0').includes(data)) rmSync(path, { force: true })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
