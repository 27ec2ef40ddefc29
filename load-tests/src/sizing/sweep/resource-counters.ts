/** What payments leave behind, counted where it lies: the ledger's tables, the write-ahead log, Kafka's segments. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder } from '@paycluster/cluster/kafka/broker-files'
import { COMMANDS_TOPIC, EVENTS_TOPIC } from '@paycluster/contracts'
import { loadText } from '@paycluster/platform/load-text'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { LocalCluster } from '../../target/target.ts'
import type { Growth } from '../measurements.ts'

const COUNTERS = { name: 'sizing-counters', text: loadText(import.meta.url, './resource-counters.sql') }
const CONNECTIONS = { name: 'sizing-connections', text: loadText(import.meta.url, './connections.sql') }

const ioSchema = z.object({ writes: z.number(), extends: z.number(), fsyncs: z.number(), bytes: z.number() })
const rowSchema = z.object({
  table_bytes: z.record(z.string(), z.number()),
  wal_bytes: z.number(),
  wal_full_pages: z.number(),
  relation_io: ioSchema,
  wal_io: ioSchema,
})

export type ResourceCounters = Omit<Growth, 'payments' | 'batches'>
type Io = z.output<typeof ioSchema>

/** @throws when the primary does not answer */
export async function readCounters(pool: Pool, cluster: LocalCluster): Promise<ResourceCounters> {
  const { rows } = await pool.query(COUNTERS)
  const row = rowSchema.parse(rows[0])
  return {
    tableBytes: row.table_bytes,
    walBytes: row.wal_bytes,
    walFullPages: row.wal_full_pages,
    relationIo: row.relation_io,
    walIo: row.wal_io,
    commandBytes: segmentBytes(cluster, COMMANDS_TOPIC),
    eventBytes: segmentBytes(cluster, EVENTS_TOPIC),
  }
}

/** Of a topic's records on the broker's disk; indexes are made large and filled later, and would say nothing. */
function segmentBytes({ layout }: LocalCluster, topic: string): number {
  const data = dataFolder(layout)
  const partitions = readdirSync(data).filter((name) => name.startsWith(`${topic}-`))
  const segments = partitions.flatMap((partition) =>
    readdirSync(join(data, partition))
      .filter((name) => name.endsWith('.log'))
      .map((name) => join(data, partition, name)),
  )
  return segments.reduce((sum, segment) => sum + statSync(segment).size, 0)
}

/** Pure. */
export function countersBetween(before: ResourceCounters, after: ResourceCounters): ResourceCounters {
  const tables = Object.entries(after.tableBytes)
  return {
    tableBytes: Object.fromEntries(tables.map(([table, bytes]) => [table, bytes - (before.tableBytes[table] ?? 0)])),
    walBytes: after.walBytes - before.walBytes,
    walFullPages: after.walFullPages - before.walFullPages,
    relationIo: ioBetween(before.relationIo, after.relationIo),
    walIo: ioBetween(before.walIo, after.walIo),
    commandBytes: after.commandBytes - before.commandBytes,
    eventBytes: after.eventBytes - before.eventBytes,
  }
}

const ioBetween = (before: Io, after: Io): Io => ({
  writes: after.writes - before.writes,
  extends: after.extends - before.extends,
  fsyncs: after.fsyncs - before.fsyncs,
  bytes: after.bytes - before.bytes,
})

/** @param own  names of the suite's own applications, which are left out */
export async function readConnections(pool: Pool, own: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ application: string; connections: number }>({ ...CONNECTIONS, values: [own] })
  return Object.fromEntries(rows.map(({ application, connections }) => [application, connections]))
}
