/**
 * A folder for the servers or the cluster of one test file, in the system's temporary folder, which every user can pass
 * through. It is its maker's for as long as that lives, whatever becomes of what runs in it: what a killed run left behind
 * (processes, data) is swept away by the next one.
 */
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { stopCluster } from '@paycluster/cluster/commands/down'
import { layoutOf, type Layout } from '@paycluster/cluster/layout'
import { removeAuthenticationCache } from '@paycluster/cluster/nodes/authentication-cache'
import { removeServerData } from '@paycluster/cluster/postgres/server-home'
import { makeFolders } from '@paycluster/cluster/state-folder'
import { takeLock, tryLock } from '@paycluster/cluster/supervisor/cluster-lock'
import { sweepMemory } from '@paycluster/cluster/sweep-memory'

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

/** Makes a folder that is this process's. Sweeps away those of killed runs. */
export async function makeTestFolder(): Promise<TestFolder> {
  const runs = join(testRoot(), 'runs')
  mkdirSync(runs, { recursive: true, mode: 0o711 })
  const owners = join(testRoot(), 'owners')
  mkdirSync(owners, { recursive: true })
  await sweep(runs, owners)
  const name = `${process.pid}-${randomUUID().slice(0, 8)}`
  const disown = takeLock(join(owners, name))
  const state = join(runs, name)
  mkdirSync(state)
  // PostgreSQL's user passes through it.
  chmodSync(state, 0o711)
  const layout = testLayout(state)
  makeFolders(layout)
  return {
    layout,
    remove() {
      removeAll(layout)
      disown()
    },
  }
}

async function sweep(runs: string, owners: string): Promise<void> {
  for (const name of readdirSync(runs)) {
    const disown = tryLock(join(owners, name))
    if (disown === undefined) continue
    const layout = testLayout(join(runs, name))
    await stopCluster(layout)
    removeAll(layout)
    disown()
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
