/** Removes what killed clusters and test servers of this user left on memory file systems. What lives is not touched. */
import { removeDeadAuthenticationCaches } from './nodes/authentication-cache.ts'
import { findServerUser } from './postgres/server-user.ts'
import { removeDeadSharedMemory } from './postgres/shared-memory.ts'

export function sweepMemory(): void {
  removeDeadAuthenticationCaches()
  const uid = process.getuid?.()
  if (uid === undefined) return
  // Root drops to another user for PostgreSQL.
  const server = uid === 0 ? findServerUser()?.uid : uid
  if (server !== undefined) removeDeadSharedMemory(server)
}
