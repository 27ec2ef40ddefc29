/** Everything of reconciliation, put together: what compares, what runs it, and what operators see of it. */
import type { Admin, Kafka } from 'kafkajs'
import type { ReconciliationKind } from '@paycluster/contracts'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { systemClock } from '@paycluster/platform/clock'
import { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createEventsPool } from '../events-pool.ts'
import type { Listener, ListenerOptions } from '../listener.ts'
import { DifferenceStore } from './differences/difference-store.ts'
import { DifferenceTeller } from './differences/difference-teller.ts'
import { CacheComparison } from './inside/compare-cache.ts'
import { EventComparison } from './inside/compare-events.ts'
import { OffsetComparison } from './inside/compare-offsets.ts'
import { ReplicaComparison } from './inside/compare-replicas.ts'
import { ReconciliationMetrics } from './reconciliation-metrics.ts'
import {
  RECONCILIATION_PARTS,
  ReconciliationController,
  type ReconciliationParts,
} from './reconciliation.controller.ts'
import type { Check } from './runs/check.ts'
import { RunStore } from './runs/run-store.ts'
import { Runner } from './runs/runner.ts'
import { Schedule } from './runs/schedule.ts'
import { StatementComparison } from './statement/compare-statement.ts'
import { fetchStatement } from './statement/fetch-statement.ts'
import { StatementStore } from './statement/statement-store.ts'

/** A run of each kind, the API, and what is told. */
const MAX_CONNECTIONS = 6
const MAX_REPLICA_CONNECTIONS = 1
const REPLICA_TIMEOUT_MS = 15_000
const REDIS_TIMEOUT_MS = 5_000

export function createReconciliation({
  settings,
  kafka,
  registry,
  rightOfWay,
  producer,
  logger,
}: ListenerOptions): Listener {
  const { INSTANCE: name, PRIMARY_URL: url, CLUSTER_SECRET: clusterSecret, RECONCILIATION_LEASE_MS: leaseMs } = settings
  const pool = createEventsPool({ url, name, logger, max: MAX_CONNECTIONS })
  const replicas = settings.REPLICA_URLS.map((replica) => ({
    name: replica.name,
    pool: createEventsPool({
      url: replica.url,
      name,
      logger,
      max: MAX_REPLICA_CONNECTIONS,
      statementTimeoutMs: REPLICA_TIMEOUT_MS,
    }),
  }))
  const redis =
    settings.REDIS_URL === undefined
      ? undefined
      : createRedisClient({ url: settings.REDIS_URL, name, commandTimeoutMs: REDIS_TIMEOUT_MS, logger })
  const admin = new KeptAdmin(kafka)

  const ids = new IdCodec(clusterSecret)
  const metrics = new ReconciliationMetrics(registry)
  const runs = new RunStore(pool, leaseMs)
  const differences = new DifferenceStore(pool, ids)
  const statements = new StatementStore(pool)
  const teller = new DifferenceTeller({ pool, store: differences, ids, producer })
  const pause = (signal: AbortSignal): Promise<void> => rightOfWay.wait(signal)
  const sample = settings.RECONCILIATION_SAMPLE

  const graceMs = settings.RECONCILIATION_GRACE_S * 1000
  const statement = new StatementComparison({ store: statements, ids, clock: systemClock, graceMs, pause })
  const cache = redis && new CacheComparison({ pool, redis, ids, sample, pause })
  const replication = new ReplicaComparison({ primary: pool, replicas, ids, sample, pause })
  const connected = (): Promise<Admin> => admin.get()
  const events = new EventComparison({ pool, kafka, admin: connected, ids, pause })
  const offsets = new OffsetComparison({ pool, admin: connected, clock: systemClock })
  const checks: Record<ReconciliationKind, Check> = {
    statement: (context) => {
      if (context.run.day === null) throw new Error('a statement without its day')
      return statement.check(context, context.run.day)
    },
    cache: (context) => {
      if (cache === undefined) throw new Error('REDIS_URL is not set: the cache is not known')
      return cache.check(context)
    },
    replicas: (context) => replication.check(context),
    events: (context) => events.check(context),
    offsets: (context) => offsets.check(context),
  }

  const { BANK_URL: bankUrl, BANK_API_KEY: apiKey } = settings
  const runner = new Runner({
    runs,
    differences,
    statements,
    teller,
    checks,
    fetchStatement:
      bankUrl === undefined ? undefined : (day, signal) => fetchStatement({ url: bankUrl, apiKey }, day, signal),
    ids,
    metrics,
    logger,
    leaseMs,
    maxStatementBytes: settings.RECONCILIATION_STATEMENT_MAX_BYTES,
  })
  const schedule = new Schedule({
    runner,
    runs,
    differences,
    statements,
    teller,
    metrics,
    clock: systemClock,
    logger,
    kinds: [
      ...(cache === undefined ? [] : (['cache'] as const)),
      ...(replicas.length === 0 ? [] : (['replicas'] as const)),
      'events',
      'offsets',
    ],
    intervalMs: settings.RECONCILIATION_INTERVAL_S * 1000,
    statementDelayMs: settings.RECONCILIATION_STATEMENT_DELAY_S * 1000,
    keepDays: settings.RECONCILIATION_KEEP_DAYS,
  })
  const cursors = new CursorCodec(clusterSecret)
  const parts: ReconciliationParts = { runner, runs, differences, ids, cursors, clock: systemClock }
  return {
    controllers: [ReconciliationController],
    providers: [{ provide: RECONCILIATION_PARTS, useValue: parts }],
    start: () => {
      schedule.start()
    },
    close: async () => {
      await Promise.all([schedule.stop(), runner.stop()])
      redis?.disconnect()
      await Promise.all([admin.close(), pool.end(), ...replicas.map(({ pool: connections }) => connections.end())])
    },
  }
}

/** An admin client that connects when it is needed, and again after it has failed to. */
class KeptAdmin {
  readonly #admin: Admin
  #isConnected = false

  constructor(kafka: Kafka) {
    this.#admin = kafka.admin()
  }

  /** @throws KafkaJSError when no broker answers */
  async get(): Promise<Admin> {
    if (!this.#isConnected) await this.#admin.connect()
    this.#isConnected = true
    return this.#admin
  }

  async close(): Promise<void> {
    await this.#admin.disconnect().catch(() => undefined)
  }
}
