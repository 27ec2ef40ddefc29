/**
 * Where the gateway keeps whom a key belongs to. Keys in clear lie here for seconds, so it is on a memory file system where
 * there is one: `/dev/shm/paycluster-<id>`, which names its owner, with nginx's own folder of mode 700 inside. It outlives a
 * supervisor that is killed; the next `down` or start, of whichever cluster, removes it.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { layoutOf, type Layout } from '../layout.ts'
import { readLivePidFiles } from '../process/pid-file.ts'
import { lockHolder } from '../supervisor/cluster-lock.ts'

const MEMORY = '/dev/shm'
const NAME = /^paycluster-[0-9a-f]{12}$/
/** Holds the path of the state folder of the cluster that uses it. */
const OWNER_FILE = 'owner'

/** Given to nginx, which makes it. */
export const authenticationCache = (layout: Layout): string => join(folderOf(layout), 'authentication')

/** A fresh folder, through which nginx's workers can pass. */
export function prepareAuthenticationCache(layout: Layout): void {
  const folder = folderOf(layout)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, OWNER_FILE), layout.state, { mode: 0o600 })
  chmodSync(folder, 0o711)
}

/** For when nginx has ended. */
export function removeAuthenticationCache(layout: Layout): void {
  rmSync(folderOf(layout), { recursive: true, force: true })
}

/** Removes those of this user's clusters of which no process lives. */
export function removeDeadAuthenticationCaches(memory: string = MEMORY): void {
  for (const name of existsSync(memory) ? readdirSync(memory).filter((entry) => NAME.test(entry)) : []) {
    const folder = join(memory, name)
    const owner = ownerOf(folder)
    if (owner !== undefined && !isAlive(owner)) rmSync(folder, { recursive: true, force: true })
  }
}

const folderOf = (layout: Layout): string =>
  existsSync(MEMORY) ? join(MEMORY, `paycluster-${layout.id}`) : join(layout.sockets, 'gateway', 'cache')

function ownerOf(folder: string): Layout | undefined {
  try {
    if (statSync(folder).uid !== process.getuid?.()) return undefined
    return layoutOf({ stateDir: readFileSync(join(folder, OWNER_FILE), 'utf8'), toolsDir: '.tools' })
  } catch {
    // Being made, or being removed.
    return undefined
  }
}

const isAlive = ({ lock, pids }: Layout): boolean => lockHolder(lock) !== undefined || readLivePidFiles(pids).length > 0
