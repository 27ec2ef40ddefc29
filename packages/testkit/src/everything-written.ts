/** Everything that a cluster writes down, as text: where a secret must not be. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Admin, Kafka } from 'kafkajs'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { partitionRanges } from '@paycluster/platform/kafka/log-offsets'
import { readTopic } from '@paycluster/platform/kafka/read-topic'
import { COMMANDS_DLQ_TOPIC, COMMANDS_TOPIC, EVENTS_TOPIC } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { query } from './query.ts'
import type { TestCluster } from './test-cluster.ts'

export const kafkaOf = ({ settings }: TestCluster): Kafka =>
  createKafkaClient({
    brokers: [brokerAddress(settings)],
    clientId: 'test',
    logger: createLogger('test', 'fatal'),
  })

export async function readTopics(cluster: TestCluster, topics: readonly string[]): Promise<string[]> {
  const kafka = kafkaOf(cluster)
  const admin: Admin = kafka.admin()
  await admin.connect()
  const messages: string[] = []
  try {
    for (const topic of topics)
      await readTopic(kafka, topic, await partitionRanges(admin, topic), (value) => messages.push(String(value)))
  } finally {
    await admin.disconnect()
  }
  return messages
}

async function readRedis({ settings }: TestCluster): Promise<string[]> {
  const redis = new Redis(settings.ports.redis, '127.0.0.1')
  const values: string[] = []
  try {
    for await (const keys of redis.scanStream() as AsyncIterable<string[]>) {
      for (const key of keys) {
        const type = await redis.type(key)
        if (type === 'string') values.push(`${key} ${String(await redis.get(key))}`)
        else if (type === 'hash') values.push(`${key} ${JSON.stringify(await redis.hgetall(key))}`)
        else if (type !== 'none') throw new Error(`${key} is a ${type}, which is not looked into`)
      }
    }
  } finally {
    redis.disconnect()
  }
  return values
}

async function readTables({ secrets, settings }: TestCluster): Promise<string[]> {
  const url = databaseUrl(secrets, 'owner', settings.ports.primary)
  const tables = await query<{ name: string }>(
    url,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  )
  const rows = await Promise.all(
    tables.map(({ name }) => query<{ row: string }>(url, `SELECT t::text AS row FROM "${name}" AS t`)),
  )
  return rows.flat().map(({ row }) => row)
}

function readLogs({ layout }: TestCluster): string[] {
  const files = readdirSync(layout.logs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
}

/** Which files of a cluster's folder hold one of these: data, logs and write-ahead logs of every part. */
export function filesWith({ layout }: TestCluster, secrets: readonly string[]): string[] {
  const files = readdirSync(layout.state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      const bytes = readIfThere(path)
      return secrets.some((secret) => bytes?.includes(secret))
    })
}

/** Servers come and go with files of their own. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** What a cluster has written down, by the kind of place. */
export async function everythingWritten(cluster: TestCluster): Promise<Record<string, string>> {
  const [redis, kafka, postgres] = await Promise.all([
    readRedis(cluster),
    readTopics(cluster, [COMMANDS_TOPIC, EVENTS_TOPIC, COMMANDS_DLQ_TOPIC]),
    readTables(cluster),
  ])
  return {
    redis: redis.join('\n'),
    kafka: kafka.join('\n'),
    postgres: postgres.join('\n'),
    logs: readLogs(cluster).join('\n'),
  }
}
