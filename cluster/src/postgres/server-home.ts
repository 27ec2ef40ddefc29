/**
 * Where PostgreSQL's programs and data lie.
 *
 * Run by root, the server drops to another user, who must be able to reach both. A clone under /root or in a home of mode
 * 700 holds neither: then the programs are copied to /var/lib/payment-cluster/postgres-<version>, the data goes to
 * /var/lib/payment-cluster/<id of the state folder>, and `<state>/postgres` is a link to it.
 */
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ClusterError } from '../cluster-error.ts'
import type { Layout } from '../layout.ts'
import type { SystemUser } from '../supervisor/node-plan.ts'
import { packagedServer } from './server-files.ts'
import { serverUser } from './server-user.ts'

const SHARED_FOLDER = '/var/lib/payment-cluster'
/** In a folder outside the state folder: whose it is. */
const ORIGIN_FILE = 'origin'

export interface ServerHome {
  /** Holds bin, lib and share. */
  readonly programs: string
  /** Holds one data folder per node. */
  readonly data: string
  /** For unix sockets. */
  readonly sockets: string
  readonly user: SystemUser | undefined
}

export interface StrayData {
  readonly folder: string
  /** Whose data it is. */
  readonly state: string
}

/** Makes the places ready. Cheap when they are. */
export async function prepareServerHome(layout: Layout): Promise<ServerHome> {
  const user = await serverUser()
  const sockets = join(layout.sockets, 'postgres')
  mkdirSync(sockets, { recursive: true, mode: 0o750 })
  own(sockets, user)
  return { programs: placePrograms(user), data: placeData(layout, user), sockets, user }
}

/** Removes all data, also where it lies elsewhere. */
export function removeServerData(layout: Layout): void {
  const elsewhere = linkTarget(layout.postgres)
  if (elsewhere !== undefined) rmSync(elsewhere, { recursive: true, force: true })
  rmSync(layout.postgres, { recursive: true, force: true })
}

/** Data that no state folder links to any more: that is deleted, or only out of reach. Nobody but the user can tell, so none is removed. */
export function listStrayData(shared: string = SHARED_FOLDER): StrayData[] {
  return (existsSync(shared) ? readdirSync(shared) : []).flatMap((name) => {
    const folder = join(shared, name)
    const origin = join(folder, ORIGIN_FILE)
    // Closed folders of another user's clusters do not exist for this one.
    if (!existsSync(origin)) return []
    const state = readFileSync(origin, 'utf8')
    return linkTarget(join(state, 'postgres')) === folder ? [] : [{ folder, state }]
  })
}

export function own(path: string, user: SystemUser | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid)
}

function placePrograms(user: SystemUser | undefined): string {
  const packaged = packagedServer()
  if (canReach(join(packaged.folder, 'bin', 'postgres'), user)) return packaged.folder
  const placed = join(SHARED_FOLDER, `postgres-${packaged.version}`)
  if (!existsSync(placed)) {
    const partial = `${placed}.${process.pid}.partial`
    mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 })
    cpSync(packaged.folder, partial, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(partial, placed)
    } catch (error) {
      // Another start was faster.
      if (!existsSync(placed)) throw error
      rmSync(partial, { recursive: true })
    }
  }
  return placed
}

function placeData(layout: Layout, user: SystemUser | undefined): string {
  const elsewhere = join(SHARED_FOLDER, layout.id)
  if (linkTarget(layout.postgres) === undefined) {
    mkdirSync(layout.postgres, { recursive: true, mode: 0o700 })
    own(layout.postgres, user)
    if (canReach(layout.postgres, user)) return layout.postgres
    rmSync(layout.postgres, { recursive: true })
    if (existsSync(elsewhere)) {
      throw new ClusterError('half_initialised', `${elsewhere} is the ledger of an earlier ${layout.state}`, {
        remedy: `if that is deleted for good: rm -r ${elsewhere}`,
      })
    }
    symlinkSync(elsewhere, layout.postgres)
  }
  const target = linkTarget(layout.postgres) ?? elsewhere
  mkdirSync(target, { recursive: true, mode: 0o755 })
  chmodSync(SHARED_FOLDER, 0o755)
  chmodSync(target, 0o700)
  writeFileSync(join(target, ORIGIN_FILE), layout.state)
  own(target, user)
  return target
}

function linkTarget(path: string): string | undefined {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  return isLink ? readlinkSync(path) : undefined
}

/** Asks the system, as that user: modes alone would miss access lists and mount options. */
function canReach(path: string, user: SystemUser | undefined): boolean {
  if (user === undefined) return true
  return spawnSync('/bin/sh', ['-c', 'test -r "$1" && test -x "$1"', 'sh', path], { ...user, cwd: '/' }).status === 0
}
