/** Servers of the bench's own, with a ledger on them: fsync on, removed afterwards. */
import { statfsSync } from 'node:fs'
import { COMMANDS_TOPIC, TOPIC_PARTITIONS } from '@paycluster/contracts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { testRoot } from '@paycluster/testkit/test-folder'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import { createPrimaryPool } from 'payment-worker/posting/primary-pool'
import pg from 'pg'
import type { NodeProcess } from '../../usage/snapshot.ts'
import { readBook, type Book } from './book.ts'
import type { StageName } from './cells.ts'
import type { Cast } from './plan-commands.ts'
import { seedLedger, type Past } from './seed-ledger.ts'

const REPLICAS: Readonly<Record<StageName, number>> = { quorum: 2, alone: 0 }
/** The native cluster's default. */
const SHARED_BUFFERS_MB = 256
/** statfs(2): where fsync costs nothing, and proves nothing. */
const TMPFS_MAGIC = 0x01021994

export interface LedgerStage {
  readonly name: StageName
  readonly db: TestPostgres
  readonly codec: IdCodec
  readonly past: Past
  readonly cast: Cast
  /** Every account as it must be now. */
  readonly book: Book
  /** The ledger's offsets: where each partition's next batch begins. */
  readonly offsets: number[]
  /** As payments_monitor. */
  readonly monitor: pg.Client
  readonly processes: readonly NodeProcess[]
  /** A pool as the worker's, for one writer. */
  workerPool(writer: number): pg.Pool
  stop(): Promise<void>
}

/** Whether a commit's flush reaches a disk at all, as far as the file system tells. */
export const isInMemory = (): boolean => statfsSync(testRoot()).type === TMPFS_MAGIC

/** @throws ClusterError when a server does not start */
export async function startLedgerStage(name: StageName, past: Past, stop: AbortSignal): Promise<LedgerStage> {
  const db = await startTestPostgres({
    replicas: REPLICAS[name],
    postgres: { fsync: true, sharedBuffersMb: SHARED_BUFFERS_MB },
  })
  const codec = new IdCodec(db.secrets.clusterSecret)
  const monitor = await connect(db.monitorUrl)
  try {
    const owner = await connect(db.ownerUrl)
    const cast = await seedLedger(owner, monitor, codec, past, stop)
    await owner.end()
    await checkpoint(db)
    const logger = createLogger('bench', 'warn')
    return {
      name,
      db,
      codec,
      past,
      cast,
      book: await readBook(monitor),
      offsets: Array.from({ length: TOPIC_PARTITIONS }, () => 0),
      monitor,
      processes: [db.primary, ...db.replicas.map(({ node }) => node)].flatMap((node) =>
        node.pid === undefined ? [] : [{ node: node.name, pid: node.pid }],
      ),
      workerPool: (writer) =>
        createPrimaryPool({
          url: db.workerUrl,
          name: `bench-${writer}`,
          durability: name === 'quorum' ? 'quorum' : 'local',
          concurrency: 1,
          logger,
        }),
      async stop() {
        await monitor.end()
        await db.stop()
      },
    }
  } catch (error) {
    await monitor.end()
    await db.stop()
    throw error
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** What seeding left to write must not be written while something is measured. */
async function checkpoint(db: TestPostgres): Promise<void> {
  const client = await connect(db.superuserUrl)
  await client.query('CHECKPOINT')
  await client.end()
}

/** The ranges of a batch of `count` commands: spread over the writer's partitions, as a fetch brings them. */
export function takeRanges(offsets: number[], writer: number, writers: number, count: number) {
  const partitions = offsets.map((_, partition) => partition).filter((partition) => partition % writers === writer)
  return partitions.flatMap((partition, index) => {
    const share =
      Math.floor(((index + 1) * count) / partitions.length) - Math.floor((index * count) / partitions.length)
    const firstOffset = offsets[partition] ?? 0
    offsets[partition] = firstOffset + share
    return share === 0 ? [] : [{ partition, firstOffset, nextOffset: firstOffset + share }]
  })
}

export const topic = COMMANDS_TOPIC
