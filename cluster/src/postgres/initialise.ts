/** A fresh primary: initdb, then database, roles and extension, and the replicas' slots. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { childEnvironment } from '../process/child-environment.ts'
import { runCommand } from '../process/run-command.ts'
import { projectRoot } from '../project-root.ts'
import type { Secrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import { DATABASE, withConnection, type Target } from './connection.ts'
import { renderPsqlScript } from './psql-script.ts'
import { own, type ServerHome } from './server-home.ts'
import { slotName } from './server-configuration.ts'

const INITDB_TIMEOUT_MS = 60_000

export const primaryDataFolder = (home: ServerHome): string => join(home.data, 'primary')
export const replicaDataFolder = (home: ServerHome, n: number): string => join(home.data, `replica-${n}`)

export const isInitialised = (data: string): boolean => existsSync(join(data, 'PG_VERSION'))

/**
 * initdb's arguments for the collation, PostgreSQL's own C.UTF-8: fast, and the same order on every system, where that of
 * a C library changes with its version and silently breaks indexes. Compose gives its image the same.
 */
export const COLLATION_ARGS = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']

/** Makes the primary's data folder. */
export async function initialiseDataFolder(home: ServerHome, secrets: Secrets, signal?: AbortSignal): Promise<void> {
  const passwordFile = join(home.data, 'superuser.password')
  writeFileSync(passwordFile, secrets.postgres.superuser, { mode: 0o600 })
  own(passwordFile, home.user)
  try {
    await runCommand({
      file: join(home.programs, 'bin', 'initdb'),
      args: [
        ...['--pgdata', primaryDataFolder(home), '--username', 'postgres', '--pwfile', passwordFile],
        ...['--auth', 'scram-sha-256', ...COLLATION_ARGS, '--no-instructions'],
      ],
      env: childEnvironment(),
      cwd: home.data,
      user: home.user,
      timeoutMs: INITDB_TIMEOUT_MS,
      signal,
    })
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/** Makes database and roles on the running primary. Once. */
export async function createDatabaseAndRoles(secrets: Secrets, port: number): Promise<void> {
  const superuser: Target = { secrets, role: 'superuser', port }
  await withConnection({ ...superuser, database: 'postgres' }, async (client) => {
    // No standby streams yet: waiting for one would wait for ever.
    await client.query('SET synchronous_commit = local')
    await client.query(`CREATE DATABASE ${DATABASE}`)
  })
  await runScript(superuser, 'roles.sql', {
    PAYMENTS_OWNER_PASSWORD: secrets.postgres.owner,
    PAYMENTS_WORKER_PASSWORD: secrets.postgres.worker,
    PAYMENTS_READER_PASSWORD: secrets.postgres.reader,
    PAYMENTS_MONITOR_PASSWORD: secrets.postgres.monitor,
    REPLICATOR_PASSWORD: secrets.postgres.replicator,
  })
  await makeLaterRoles(secrets, port)
}

/** Makes the roles that a database of an earlier version lacks. */
export async function makeLaterRoles(secrets: Secrets, port: number): Promise<void> {
  await runScript({ secrets, role: 'superuser', port }, 'events-role.sql', {
    PAYMENTS_EVENTS_PASSWORD: secrets.postgres.events,
  })
}

/**
 * Makes the slots that are missing and drops those that no replica will use again: of replicas that are no longer asked
 * for, and lost ones, whose WAL is gone.
 *
 * @returns the numbers of the replicas whose slot is new: they have to be copied anew
 */
export async function arrangeSlots(secrets: Secrets, settings: Settings): Promise<Set<number>> {
  const target: Target = { secrets, role: 'superuser', port: settings.ports.primary }
  const wanted = Array.from({ length: settings.counts.replicas }, (_, index) => index + 1)
  const kept = await withConnection(target, async (client) => {
    await client.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
       WHERE slot_name LIKE 'replica\\_%' AND NOT active AND (wal_status = 'lost' OR slot_name <> ALL ($1))`,
      [wanted.map(slotName)],
    )
    const slots = await client.query<{ slot_name: string }>('SELECT slot_name FROM pg_replication_slots')
    return new Set(slots.rows.map((row) => row.slot_name))
  })
  await runScript(target, 'slots.sql', { REPLICAS: String(settings.counts.replicas) })
  return new Set(wanted.filter((n) => !kept.has(slotName(n))))
}

async function runScript(target: Target, file: string, env: Readonly<Record<string, string>>): Promise<void> {
  const script = readFileSync(join(projectRoot, 'db/postgres', file), 'utf8')
  await withConnection(target, (client) => client.query(renderPsqlScript(script, env)))
}
