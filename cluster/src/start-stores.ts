/** The stores' part of a start. They do not depend on each other and start side by side. */
import { join } from 'node:path'
import { createTopics } from './kafka/create-topics.ts'
import { formatStorage } from './kafka/format-storage.ts'
import { kafkaBroker } from './nodes/kafka.ts'
import { nodeProgram } from './nodes/node-program.ts'
import { postgresPrimary } from './nodes/postgres-primary.ts'
import { postgresReplica } from './nodes/postgres-replica.ts'
import { redisNode } from './nodes/redis.ts'
import { copyPrimary } from './postgres/base-backup.ts'
import { databaseUrl } from './postgres/connection.ts'
import {
  arrangeSlots,
  createDatabaseAndRoles,
  initialiseDataFolder,
  isInitialised,
  makeLaterRoles,
  primaryDataFolder,
  replicaDataFolder,
} from './postgres/initialise.ts'
import { prepareServerHome, type ServerHome } from './postgres/server-home.ts'
import { childEnvironment } from './process/child-environment.ts'
import { runCommand } from './process/run-command.ts'
import { projectRoot } from './project-root.ts'
import type { Secrets } from './secrets.ts'
import type { Starter } from './starter.ts'

const MIGRATIONS_TIMEOUT_MS = 300_000

/** Primary, replicas, schema. At the first start also the data folders, roles and slots. @param fresh  whether it is that */
export async function startPostgres(starter: Starter, secrets: Secrets, fresh: boolean): Promise<void> {
  const { settings, layout, signal } = starter
  const home = await prepareServerHome(layout)
  if (fresh) {
    await starter.step('PostgreSQL data folder', async () => {
      await initialiseDataFolder(home, secrets, signal)
      return home.data
    })
  }
  await starter.start(postgresPrimary(settings, secrets, home))
  await (fresh ? createDatabaseAndRoles : makeLaterRoles)(secrets, settings.ports.primary)
  await startReplicas(starter, secrets, home)
  await starter.step('migrations', () => migrate(starter, secrets))
}

/** A replica whose slot is new cannot stream on from where it was: it is copied anew. */
async function startReplicas(starter: Starter, secrets: Secrets, home: ServerHome): Promise<void> {
  const { settings } = starter
  const newSlots = await arrangeSlots(secrets, settings)
  const primary = { secrets, role: 'superuser', port: settings.ports.primary } as const
  const numbers = Array.from({ length: settings.counts.replicas }, (_, index) => index + 1)
  // One after the other: the primary has one backup at a time, and the disk is the bottleneck.
  for (const n of numbers) {
    const data = replicaDataFolder(home, n)
    if (!newSlots.has(n) && isInitialised(data)) continue
    await starter.step(`copy for postgres-replica-${n}`, async () => {
      await copyPrimary(primary, primaryDataFolder(home), data, home.user)
      return data
    })
  }
  await starter.together(numbers.map((n) => starter.start(postgresReplica(settings, secrets, home, n))))
}

async function migrate({ settings, signal }: Starter, secrets: Secrets): Promise<string> {
  const output = await runCommand({
    file: nodeProgram(),
    args: ['--enable-source-maps', join(projectRoot, 'db/dist/migrate.js')],
    cwd: projectRoot,
    env: childEnvironment({ OWNER_URL: databaseUrl(secrets, 'owner', settings.ports.primary) }),
    timeoutMs: MIGRATIONS_TIMEOUT_MS,
    signal,
  })
  return output.trim()
}

/** Broker and topics; at the first start also its storage. @param fresh  whether it is that */
export async function startKafka(starter: Starter, fresh: boolean): Promise<void> {
  const { settings, layout, signal } = starter
  if (fresh) {
    await starter.step('Kafka storage', async () => {
      await formatStorage(settings, layout, signal)
      return undefined
    })
  }
  await starter.start(kafkaBroker(settings, layout))
  await starter.step('Kafka topics', () => createTopics(settings))
}

export async function startRedis(starter: Starter): Promise<void> {
  await starter.start(redisNode(starter.settings, starter.layout))
}
