/**
 * A folder for the servers of one test file, in the system's temporary folder, which every user can pass through. It is
 * locked by the process that made it: what a killed run left behind (processes, data) is swept away by the next run.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { layoutOf, type Layout } from '@paycluster/cluster/layout'
import { removeAuthenticationCache } from '@paycluster/cluster/nodes/authentication-cache'
import { removeServerData } from '@paycluster/cluster/postgres/server-home'
import { makeFolders } from '@paycluster/cluster/state-folder'
import { lockHolder, takeLock } from '@paycluster/cluster/supervisor/cluster-lock'
import { stopLeftovers } from '@paycluster/cluster/supervisor/leftovers'
import { sweepMemory } from '@paycluster/cluster/sweep-memory'

/** A folder without a lock is being made, or was left between its making and its locking. */
const UNLOCKED_GRACE_MS = 60_000

export interface TestFolder {
  readonly layout: Layout
  /** Deletes everything. The servers in it must have ended. */
  remove(): void
}

/** Everything of ours lies below it. @throws Error when somebody else made it: the folder above is everybody's */
export function testRoot(): string {
  const root = join(tmpdir(), `paycluster-test-${userInfo().username}`)
  mkdirSync(root, { recursive: true, mode: 0o711 })
  if (statSync(root).uid !== process.getuid?.()) throw new Error(`${root} belongs to another user: remove it`)
  return root
}

/** A layout below the test root, for which nothing is made yet. */
export const testLayout = (folder: string): Layout => layoutOf({ stateDir: folder, toolsDir: '.tools' })

/** Makes a folder that nobody has locked yet: whoever starts servers in it does. Sweeps away those of killed runs. */
export async function makeUnlockedFolder(): Promise<TestFolder> {
  const runs = join(testRoot(), 'runs')
  mkdirSync(runs, { recursive: true, mode: 0o711 })
  await sweep(runs)
  const state = mkdtempSync(join(runs, `${process.pid}-`))
  // PostgreSQL's user passes through it.
  chmodSync(state, 0o711)
  const layout = testLayout(state)
  return {
    layout,
    remove() {
      removeAll(layout)
    },
  }
}

/** Makes a folder and locks it for this process. */
export async function makeTestFolder(): Promise<TestFolder> {
  const { layout } = await makeUnlockedFolder()
  makeFolders(layout)
  const unlock = takeLock(layout.lock)
  return {
    layout,
    remove() {
      removeAll(layout)
      unlock()
    },
  }
}

async function sweep(runs: string): Promise<void> {
  for (const name of readdirSync(runs)) {
    const layout = testLayout(join(runs, name))
    const changedMs = statSync(layout.state, { throwIfNoEntry: false })?.mtimeMs
    const hasLock = statSync(layout.lock, { throwIfNoEntry: false }) !== undefined
    if (changedMs === undefined || (!hasLock && Date.now() - changedMs < UNLOCKED_GRACE_MS)) continue
    if (lockHolder(layout.lock) !== undefined) continue
    await stopLeftovers(layout)
    removeAll(layout)
  }
}

/** Deletes a folder's data, sockets and logs, and what killed servers left in memory. Nothing may run in it. */
export function removeAll(layout: Layout): void {
  removeServerData(layout)
  removeAuthenticationCache(layout)
  sweepMemory()
  rmSync(layout.sockets, { recursive: true, force: true })
  rmSync(layout.state, { recursive: true, force: true })
}
