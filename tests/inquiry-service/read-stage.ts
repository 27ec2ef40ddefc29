/**
 * A stage for the read side: PostgreSQL with two streaming replicas, Redis, a seeded ledger, and as many instances of
 * inquiry-service as a test wants, in this process.
 */
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { ClusterNode } from '@paycluster/cluster/supervisor/cluster-node'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { systemClock } from '@paycluster/platform/clock'
import { formatConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { parseLsn } from '@paycluster/platform/consistency/lsn'
import { createHttpAdapter } from '@paycluster/platform/http/http-adapter'
import { ProblemAnswers } from '@paycluster/platform/http/problem-answers'
import { ProblemFilter } from '@paycluster/platform/http/problem-filter'
import { putInFront } from '@paycluster/platform/http/put-in-front'
import { measureRequests } from '@paycluster/platform/http/request-metrics'
import { IdentitySigner, IdentityVerifier } from '@paycluster/platform/identity/signed-identity'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { query, withClient } from '@paycluster/testkit/query'
import { seedLedger, type SeededLedger } from '@paycluster/testkit/seed-ledger'
import { startTestPostgres, type TestPostgres, type TestReplica } from '@paycluster/testkit/test-postgres'
import { startTestRedis } from '@paycluster/testkit/test-redis'
import { waitFor } from '@paycluster/testkit/wait-for'
import { AppModule } from '../../inquiry-service/src/app.module.ts'
import { settingsSchema } from '../../inquiry-service/src/config.ts'
import { DirectReads } from '../../inquiry-service/src/direct/direct-reads.ts'
import { closeReadSide, createReadSide, type ReadSide } from '../../inquiry-service/src/read-side.ts'

const CLUSTER_SECRET = 'a secret for tests, of 32 letters or more'

/** A payment that a test posted, as the worker's consistency token names it. */
interface Posted {
  readonly id: string
  readonly token: string
  /** The destination's version after it. */
  readonly version: number
}

export interface ReadStage {
  readonly db: TestPostgres
  readonly redis: ClusterNode
  /** FLUSHALL, on a connection of the test's own. */
  readonly flush: () => Promise<void>
  /** Redis takes no writes for so long, or until it is told 0: it holds them back, and answers reads. */
  readonly pauseWrites: (ms: number) => Promise<void>
  readonly ids: IdCodec
  readonly ledger: SeededLedger
  /** One more instance of the service. */
  instance(settings?: Readonly<Record<string, string>>): Promise<ReadSide>
  /** The same behind HTTP: `inject` asks the framework's routes, a connection what is in front of them as well. */
  http(readSide: ReadSide, metrics?: ReturnType<typeof createMetrics>): Promise<NestFastifyApplication>
  /** A header for a client with the scope payments:read. */
  identity(client: number): string
  /** Moves one minor unit between two customers, by their numbers, as the worker would: without the cache. */
  post(from: number, to: number): Promise<Posted>
  /** Stops a replica's replay: it goes on receiving. */
  pause(replica: number): Promise<void>
  resumeAll(): Promise<void>
  /** Kills a replica and starts it again: it opens with an old state, and replays no further until {@link catchUp}. */
  restartBehind(replica: number): Promise<void>
  catchUp(replica: number): Promise<void>
  stop(): Promise<void>
}

export async function startReadStage(): Promise<ReadStage> {
  const db = await startTestPostgres({ replicas: 2 })
  const redis = await startTestRedis()
  const ids = new IdCodec(CLUSTER_SECRET)
  const ledger = await seedLedger(db.ownerUrl, ids)
  const logger = createLogger('inquiry-test', 'fatal')
  const flusher = createRedisClient({ url: redis.socketUrl, name: 'flusher', logger })
  await waitFor('redis', () => flusher.status === 'ready')
  const opened: (() => Promise<unknown>)[] = []

  let payments = 0
  const restarts = new Map<number, Promise<unknown>>()
  const replicaAt = (index: number): TestReplica => {
    const replica = db.replicas[index]
    if (replica === undefined) throw new Error(`there is no replica ${index}`)
    return replica
  }

  return {
    db,
    redis: redis.node,
    flush: async () => {
      await flusher.flushall()
    },
    pauseWrites: async (ms) => {
      await (ms === 0 ? flusher.call('CLIENT', 'UNPAUSE') : flusher.call('CLIENT', 'PAUSE', ms, 'WRITE'))
    },
    ids,
    ledger,
    async instance(overrides = {}) {
      const settings = settingsSchema.parse({
        INSTANCE: `inquiry-test-${opened.length}`,
        LISTEN: 'unix:/unused',
        ADMIN_LISTEN: '127.0.0.1:1',
        CLUSTER_SECRET,
        REDIS_URL: redis.socketUrl,
        PRIMARY_URL: db.readerUrl,
        REPLICA_URLS: db.replicas.map(({ name, readerUrl }) => `${name.replace('_', '-')}=${readerUrl}`).join(','),
        PROBE_INTERVAL_MS: '50',
        ...overrides,
      })
      const readSide = createReadSide(settings, logger)
      opened.push(() => closeReadSide(readSide))
      await readSide.router.start()
      if (overrides.REDIS_URL === undefined) await waitFor('redis', () => !readSide.cache.isAway)
      return readSide
    },
    async http(readSide, metrics = createMetrics('inquiry-service', 'test')) {
      const verifier = new IdentityVerifier(CLUSTER_SECRET, systemClock)
      const app = await NestFactory.create<NestFastifyApplication>(
        AppModule.with(readSide, verifier, new IdentitySigner(CLUSTER_SECRET)),
        createHttpAdapter(),
        { logger: false },
      )
      const server = app.getHttpAdapter().getInstance()
      server.addHook('onRequest', (request, reply, done) => {
        reply.header('x-request-id', request.id)
        done()
      })
      const problems = new ProblemAnswers(logger)
      app.useGlobalFilters(new ProblemFilter(problems))
      const direct = new DirectReads({ readSide, verifier, problems, note: measureRequests(server, metrics) })
      putInFront(app.getHttpServer(), (request, response) => direct.take(request, response))
      await app.init()
      return app
    },
    identity: (client) =>
      new IdentitySigner(CLUSTER_SECRET).sign({
        client,
        key_id: 'test',
        key_version: 1,
        scopes: ['payments:read'],
        limit_tier: 'peak',
        signature_required: false,
        expires_at_s: Math.floor(Date.now() / 1000) + 600,
      }),
    async post(from, to) {
      const [source = '', destination = ''] = [ledger.customers[from], ledger.customers[to]]
      const id = ids.derive('pay', ledger.demo, `posted-${payments++}`)
      const row = await postOne(db.workerUrl, id, source, destination, ledger.demo)
      const versions = [
        [source, row.source_seq],
        [destination, row.destination_seq],
      ] as const
      return {
        id,
        token: formatConsistencyToken(1, parseLsn(row.lsn), versions),
        version: row.destination_seq,
      }
    },
    async pause(replica) {
      const { superuserUrl: url } = replicaAt(replica)
      await query(url, 'SELECT pg_wal_replay_pause()')
      await waitFor('a paused replica', async () => {
        const [row] = await query<{ state: string }>(url, 'SELECT pg_get_wal_replay_pause_state() AS state')
        return row?.state === 'paused'
      })
    },
    async resumeAll() {
      for (const { node, superuserUrl } of db.replicas)
        if (node.state === 'ready') await query(superuserUrl, 'SELECT pg_wal_replay_resume()')
    },
    async restartBehind(replica) {
      const { node, superuserUrl } = replicaAt(replica)
      await query(superuserUrl, `ALTER SYSTEM SET recovery_min_apply_delay = '1h'`)
      await node.kill('SIGKILL', { restart: false })
      // Ready when it streams, which is when it has caught up. Whoever stops it before has had enough of it.
      const started = node.start()
      started.catch(() => undefined)
      restarts.set(replica, started)
      await waitFor('it to open', () => query(superuserUrl, 'SELECT 1'))
    },
    async catchUp(replica) {
      const { superuserUrl } = replicaAt(replica)
      await query(superuserUrl, 'ALTER SYSTEM RESET recovery_min_apply_delay')
      await query(superuserUrl, 'SELECT pg_reload_conf()')
      await restarts.get(replica)
    },
    async stop() {
      flusher.disconnect()
      for (const close of opened.reverse()) await close()
      await redis.stop()
      await db.stop()
    },
  }
}

interface PostedRow {
  readonly source_seq: number
  readonly destination_seq: number
  readonly lsn: string
}

const POST_ONE = `
  WITH b AS (
    UPDATE account_balances
    SET posted = posted + CASE account_id WHEN $2 THEN -1 ELSE 1 END, version = version + 1, updated_at = $5
    WHERE account_id IN ($2, $3)
    RETURNING account_id, posted, version
  ), e AS (
    INSERT INTO entries (account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, created_at)
    SELECT account_id, version, $1, 'payment', $4, CASE account_id WHEN $2 THEN -1 ELSE 1 END, posted, $5 FROM b
  )
  INSERT INTO payments (id, client_id, counterparty_client_id, status, source_id, destination_id, source_seq,
    destination_seq, amount, currency, fingerprint, created_at, posted_at)
  SELECT $1, $4, $4, 'succeeded', $2, $3, s.version, d.version, 1, 'USD', '\\x00', $5, $5
  FROM b s, b d WHERE s.account_id = $2 AND d.account_id = $3
  RETURNING source_seq::int, destination_seq::int`

function postOne(url: string, id: string, source: string, destination: string, client: number): Promise<PostedRow> {
  return withClient(url, async (connection) => {
    const at = new Date().toISOString()
    const values = [idToUuid(id), idToUuid(source), idToUuid(destination), client, at]
    const posted = await connection.query<Omit<PostedRow, 'lsn'>>(
      POST_ONE.replace(/\$([123])\b/g, '$$$1::uuid')
        .replace(/\$4\b/g, '$$4::int')
        .replace(/\$5\b/g, '$$5::timestamptz'),
      values,
    )
    const end = await connection.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn')
    const row = posted.rows[0]
    if (row === undefined) throw new Error('nothing was posted')
    return { ...row, lsn: end.rows[0]?.lsn ?? '' }
  })
}
