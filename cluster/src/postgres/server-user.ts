/**
 * Whom PostgreSQL runs as. The server refuses to run as root; run by anyone else, it runs as them. For root: an existing
 * `postgres` user, or one made for this.
 */
import { readFileSync } from 'node:fs'
import { ClusterError } from '../cluster-error.ts'
import { findExecutable } from '../process/find-executable.ts'
import { runCommand } from '../process/run-command.ts'
import type { SystemUser } from '../supervisor/node-plan.ts'

/** macOS names its service users with an underscore. */
const EXISTING_USERS = ['postgres', '_postgres', 'paycluster']
const NEW_USER = 'paycluster'
const USERADD_TIMEOUT_MS = 30_000

/** The user to drop to, made when there is none; undefined when there is nothing to drop. */
export async function serverUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const existing = findServerUser()
  if (existing !== undefined) return existing
  const useradd = findExecutable('useradd')
  if (useradd === undefined) {
    throw new ClusterError('missing_tool', 'PostgreSQL does not run as root, and useradd is missing to make a user', {
      remedy: `make a user named ${NEW_USER}, or run this as a user who is not root`,
    })
  }
  const args = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/false']
  await runCommand({ file: useradd, args: [...args, NEW_USER], timeoutMs: USERADD_TIMEOUT_MS })
  const made = findServerUser()
  if (made === undefined) throw new ClusterError('command_failed', `useradd did not make the user ${NEW_USER}`)
  return made
}

/** The user that root would drop to, if there is one. */
export function findServerUser(): SystemUser | undefined {
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of EXISTING_USERS) {
    const entry = entries.find((fields) => fields[0] === name)
    if (entry !== undefined) return { uid: Number(entry[2]), gid: Number(entry[3]) }
  }
  return undefined
}
