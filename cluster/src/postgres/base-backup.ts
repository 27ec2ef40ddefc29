/**
 * Copies a running primary's data folder into a replica's: a base backup by the low-level API of PostgreSQL's manual,
 * section 25.3.3 (pg_basebackup is not in the npm build). WAL is not copied: the replica's slot, made before, keeps what
 * it needs, and it streams from there.
 */
import { chmod, chown, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SystemUser } from '../supervisor/node-plan.ts'
import { withConnection, type Target } from './connection.ts'

/** Folders whose content belongs to the running primary: made, left empty. */
const EMPTY_FOLDERS = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
/** Files of the running primary, and its side's configuration. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'primary.conf', 'postgresql.auto.conf', 'pgsql_tmp'])

/**
 * @param from  superuser on the primary
 * @param source  the primary's data folder
 * @param destination  the replica's; replaced whole at the very end, so that it is never half a copy
 */
export async function copyPrimary(
  from: Target,
  source: string,
  destination: string,
  user: SystemUser | undefined,
): Promise<void> {
  const partial = `${destination}.partial`
  await rm(partial, { recursive: true, force: true })
  await withConnection(from, async (client) => {
    // The session that starts a backup must be the one that ends it.
    await client.query('SELECT pg_backup_start($1, fast => true)', ['replica'])
    await copyFolder(source, partial, '', user)
    const stopped = await client.query<{ labelfile: string }>(
      'SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)',
    )
    await place(join(partial, 'backup_label'), stopped.rows[0]?.labelfile ?? '', user)
  })
  await place(join(partial, 'standby.signal'), '', user)
  await place(join(partial, 'postgresql.auto.conf'), '', user)
  await mkdir(join(partial, 'pg_wal', 'archive_status'), { mode: 0o700 })
  await mkdir(join(partial, 'pg_wal', 'summaries'), { mode: 0o700 })
  await own(join(partial, 'pg_wal', 'archive_status'), user)
  await own(join(partial, 'pg_wal', 'summaries'), user)
  await rm(destination, { recursive: true, force: true })
  await rename(partial, destination)
}

async function copyFolder(source: string, target: string, path: string, user: SystemUser | undefined): Promise<void> {
  const folder = join(target, path)
  await mkdir(folder, { mode: 0o700 })
  await own(folder, user)
  if (EMPTY_FOLDERS.has(path)) return
  for (const entry of await readdir(join(source, path), { withFileTypes: true })) {
    const below = join(path, entry.name)
    if (LEFT_OUT.has(entry.name) || entry.name.startsWith('pg_internal.init')) continue
    if (entry.isDirectory()) await copyFolder(source, target, below, user)
    else await copyOne(join(source, below), join(target, below), user)
  }
}

/** A file that vanishes meanwhile was dropped, and WAL replay would drop it, too. */
async function copyOne(from: string, to: string, user: SystemUser | undefined): Promise<void> {
  try {
    await copyFile(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await chmod(to, 0o600)
  await own(to, user)
}

async function place(path: string, text: string, user: SystemUser | undefined): Promise<void> {
  await writeFile(path, text, { mode: 0o600 })
  await own(path, user)
}

async function own(path: string, user: SystemUser | undefined): Promise<void> {
  if (user !== undefined) await chown(path, user.uid, user.gid)
}
