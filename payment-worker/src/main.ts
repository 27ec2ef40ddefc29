import 'reflect-metadata'
import { COMMANDS_DLQ_TOPIC, COMMANDS_TOPIC, EVENTS_TOPIC, TOPIC_PARTITIONS, WORKER_GROUP } from '@paycluster/contracts'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { VersionedCache } from '@paycluster/platform/cache/versioned-cache'
import { systemClock } from '@paycluster/platform/clock'
import { loadSettings } from '@paycluster/platform/config'
import { startHttpService } from '@paycluster/platform/http/http-service'
import { ReadinessChecks } from '@paycluster/platform/http/readiness'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { BatchServer } from '@paycluster/platform/kafka/batch-server'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { runMain } from '@paycluster/platform/run-main'
import { AppModule } from './app.module.ts'
import { CallbackMetrics } from './bank/callbacks/callback-metrics.ts'
import { createDispatcher } from './bank/create-dispatcher.ts'
import { NudgingPoster } from './bank/nudging-poster.ts'
import { settingsSchema } from './config.ts'
import { HoldSweeper } from './holds/hold-sweeper.ts'
import { mutated } from './mutations/mutated.ts'
import { BatchPoster } from './posting/post-batch.ts'
import { PostingWatch } from './posting/posting-watch.ts'
import { createPrimaryPool } from './posting/primary-pool.ts'
import { BatchPublisher } from './publishing/batch-publisher.ts'
import { TopicWriter } from './publishing/topic-writer.ts'
import { WorkerMetrics } from './worker-metrics.ts'

/** Of a bank's callback. */
const CALLBACK_LIMIT_BYTES = 16 * 1024

runMain(async () => {
  const settings = loadSettings(settingsSchema)
  const { INSTANCE: name } = settings
  const logger = createLogger(name, settings.LOG_LEVEL)
  const registry = createMetrics('payment-worker', name)
  const readiness = new ReadinessChecks()

  const kafka = createKafkaClient({ brokers: settings.KAFKA_BROKERS, clientId: name, logger })
  const redis = createRedisClient({ url: settings.REDIS_URL, name, logger })
  const pool = createPrimaryPool({
    url: settings.PRIMARY_URL,
    name,
    durability: settings.DURABILITY,
    concurrency: settings.BATCH_CONCURRENCY,
    logger,
  })
  const cache = new VersionedCache(redis)
  const events = new TopicWriter(kafka, EVENTS_TOPIC)
  const deadLetters = new TopicWriter(kafka, COMMANDS_DLQ_TOPIC)
  const commands = new TopicWriter(kafka, COMMANDS_TOPIC)

  const server = new BatchServer({
    kafka,
    groupId: WORKER_GROUP,
    topic: COMMANDS_TOPIC,
    partitions: TOPIC_PARTITIONS,
    maxMessages: settings.BATCH_MAX_COMMANDS,
    maxBytes: settings.BATCH_MAX_BYTES,
    concurrency: settings.BATCH_CONCURRENCY,
    lingerMs: settings.BATCH_LINGER_MS,
    logger,
  })
  const ids = new IdCodec(settings.CLUSTER_SECRET)
  const publisher = new BatchPublisher({
    cache,
    redis,
    events,
    deadLetters,
    commands,
    ids,
    clock: systemClock,
    logger,
  })
  const watch = new PostingWatch(logger)
  const sweeper = new HoldSweeper({
    pool,
    commands,
    ids,
    clock: systemClock,
    logger,
    intervalMs: settings.HOLD_SWEEP_INTERVAL_MS,
  })
  const dispatcher = createDispatcher(settings, { commands, ids, logger, registry })
  const commissions = {
    deposit: settings.COMMISSION_BPS_DEPOSIT,
    withdrawal: settings.COMMISSION_BPS_WITHDRAWAL,
    card: settings.COMMISSION_BPS_CARD,
  }
  readiness.add(server.readiness)
  readiness.add(watch.readiness)
  readiness.add(publisher.readiness)

  const intake = {
    poster: new NudgingPoster(mutated(settings, new BatchPoster(pool, ids, commissions), ids), () => {
      dispatcher.nudge()
    }),
    publisher,
    watch,
    metrics: new WorkerMetrics(registry, () => server.unpublished),
    clock: systemClock,
    logger,
  }
  const callbacks = {
    secret: settings.BANK_CALLBACK_SECRET,
    ids,
    hurry: (payments: readonly string[]) => dispatcher.hurry(payments),
    metrics: new CallbackMetrics(registry),
  }
  const close = async (): Promise<void> => {
    await Promise.all([sweeper.stop(), dispatcher.stop()])
    await Promise.all([events.close(), deadLetters.close(), commands.close(), pool.end()])
    cache.close()
    redis.disconnect()
  }
  await startHttpService({
    module: AppModule.with(intake, callbacks),
    ...(settings.LISTEN === undefined ? {} : { listen: settings.LISTEN }),
    adminListen: settings.ADMIN_LISTEN,
    logger,
    readiness,
    metrics: registry,
    bodyLimitBytes: CALLBACK_LIMIT_BYTES,
    configure: async (app) => {
      app.connectMicroservice({ strategy: server })
      await app.startAllMicroservices()
      sweeper.start()
      dispatcher.start()
    },
    close,
  })
})
