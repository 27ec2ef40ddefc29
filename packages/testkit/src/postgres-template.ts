/**
 * A migrated, stopped PostgreSQL data folder, made once per schema and copied by every test: a copy takes 0.1 s, initdb,
 * roles and migrations take 3.
 *
 * Beside `payments` it holds `payments_empty` (roles and rights, no tables) and `payments_migrated`, to make more databases
 * from.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '@paycluster/cluster/layout'
import { postgresPrimary } from '@paycluster/cluster/nodes/postgres-primary'
import { takePortBlock } from '@paycluster/cluster/ports/port-block'
import { databaseUrl, withConnection } from '@paycluster/cluster/postgres/connection'
import { createDatabaseAndRoles, initialiseDataFolder } from '@paycluster/cluster/postgres/initialise'
import { packagedServer } from '@paycluster/cluster/postgres/server-files'
import { prepareServerHome, removeServerData } from '@paycluster/cluster/postgres/server-home'
import { projectRoot } from '@paycluster/cluster/project-root'
import { loadOrMakeSecrets, type Secrets } from '@paycluster/cluster/secrets'
import { settingsFrom } from '@paycluster/cluster/settings/load-settings'
import { makeFolders } from '@paycluster/cluster/state-folder'
import { lockHolder, tryLock } from '@paycluster/cluster/supervisor/cluster-lock'
import { ClusterNode } from '@paycluster/cluster/supervisor/cluster-node'
import { migrate } from '@paycluster/db/migrate'
import { removeAll, testLayout, testRoot } from './test-folder.ts'
import { waitFor } from './wait-for.ts'

const PREFIX = 'template-'
const BUILD_TIMEOUT_MS = 60_000
const UNUSED_AFTER_MS = 86_400_000
/** What decides the template's content. */
const SOURCES = ['db/postgres', 'db/src/migrations']

export interface PostgresTemplate {
  readonly layout: Layout
  /** Passwords of the roles; every copy has the same. */
  readonly secrets: Secrets
}

/** The template of the schema as it is in the checkout now; made when there is none. */
export async function postgresTemplate(): Promise<PostgresTemplate> {
  const layout = testLayout(join(testRoot(), `${PREFIX}${fingerprint()}`))
  makeFolders(layout)
  const unlock = await waitFor('another process that makes the template', () => tryLock(layout.lock), {
    timeoutMs: BUILD_TIMEOUT_MS,
  })
  try {
    if (!existsSync(layout.marker)) await build(layout)
    utimesSync(layout.marker, new Date(), new Date())
    pruneUnused()
    return { layout, secrets: loadOrMakeSecrets(layout.secrets) }
  } finally {
    unlock()
  }
}

/** Templates of earlier schemas, 70 MB each. */
function pruneUnused(): void {
  for (const name of readdirSync(testRoot()).filter((folder) => folder.startsWith(PREFIX))) {
    const layout = testLayout(join(testRoot(), name))
    const usedMs = statSync(layout.marker, { throwIfNoEntry: false })?.mtimeMs
    if (usedMs === undefined || Date.now() - usedMs < UNUSED_AFTER_MS) continue
    if (lockHolder(layout.lock) === undefined) removeAll(layout)
  }
}

async function build(layout: Layout): Promise<void> {
  removeServerData(layout)
  rmSync(layout.secrets, { force: true })
  const secrets = loadOrMakeSecrets(layout.secrets)
  const home = await prepareServerHome(layout)
  await initialiseDataFolder(home, secrets)
  const block = await takePortBlock()
  const settings = settingsFrom({ ports: block.ports, counts: { replicas: 0 }, postgres: { fsync: false } })
  const node = new ClusterNode(postgresPrimary(settings, secrets, home), {
    logs: layout.logs,
    pids: layout.pids,
    restart: undefined,
    onEvent: () => undefined,
  })
  try {
    await node.start()
    await createDatabaseAndRoles(secrets, block.ports.primary)
    await copyDatabase(secrets, block.ports.primary, 'payments_empty')
    await migrate(databaseUrl(secrets, 'owner', block.ports.primary))
    await copyDatabase(secrets, block.ports.primary, 'payments_migrated')
  } finally {
    await node.stop()
    block.release()
  }
  writeFileSync(layout.marker, '{}\n')
}

async function copyDatabase(secrets: Secrets, port: number, name: string): Promise<void> {
  await withConnection({ secrets, role: 'superuser', port, database: 'postgres' }, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE payments OWNER payments_owner`),
  )
}

function fingerprint(): string {
  const hash = createHash('sha256').update(packagedServer().version)
  for (const source of SOURCES) {
    const folder = join(projectRoot, source)
    for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)))
  }
  return hash.digest('hex').slice(0, 12)
}
