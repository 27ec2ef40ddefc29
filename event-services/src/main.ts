import 'reflect-metadata'
import { AUDIT_GROUP, EVENTS_TOPIC, TOPIC_PARTITIONS } from '@paycluster/contracts'
import { HeadSigner } from '@paycluster/platform/audit/audit-chain'
import { systemClock } from '@paycluster/platform/clock'
import { loadSettings } from '@paycluster/platform/config'
import { startHttpService } from '@paycluster/platform/http/http-service'
import { ReadinessChecks } from '@paycluster/platform/http/readiness'
import { BatchServer } from '@paycluster/platform/kafka/batch-server'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { runMain } from '@paycluster/platform/run-main'
import { AppModule } from './app.module.ts'
import { AuditLog } from './audit/audit-log.ts'
import { AuditMetrics } from './audit/audit-metrics.ts'
import { settingsSchema } from './config.ts'
import { createEventsPool } from './events-pool.ts'
import { RightOfWay } from './right-of-way.ts'

/** Nobody waits for a record: a few large fetches cost broker and ledger less than many small ones. */
const AUDIT_FETCH_BYTES = 2_097_152

runMain(async () => {
  const settings = loadSettings(settingsSchema)
  const { INSTANCE: name } = settings
  const logger = createLogger(name, settings.LOG_LEVEL)
  const registry = createMetrics('event-services', name)
  const readiness = new ReadinessChecks()

  const kafka = createKafkaClient({ brokers: settings.KAFKA_BROKERS, clientId: name, logger })
  const pool = createEventsPool({ url: settings.PRIMARY_URL, name, logger })
  const server = new BatchServer({
    kafka,
    groupId: AUDIT_GROUP,
    topic: EVENTS_TOPIC,
    partitions: TOPIC_PARTITIONS,
    maxMessages: settings.AUDIT_BATCH_MAX_EVENTS,
    maxBytes: settings.AUDIT_BATCH_MAX_BYTES,
    // One chain: a second batch would only wait for the first.
    concurrency: 1,
    // The fetch has waited already.
    lingerMs: 0,
    minFetchBytes: AUDIT_FETCH_BYTES,
    logger,
  })
  readiness.add(server.readiness)
  const rightOfWay = new RightOfWay({ admin: kafka.admin(), registry, logger })

  const audit = {
    log: new AuditLog(pool, new HeadSigner(settings.CLUSTER_SECRET), systemClock),
    metrics: new AuditMetrics(registry),
    rightOfWay,
    logger,
  }
  await startHttpService({
    module: AppModule.with(audit),
    adminListen: settings.ADMIN_LISTEN,
    logger,
    readiness,
    metrics: registry,
    bodyLimitBytes: 1024,
    configure: async (app) => {
      app.connectMicroservice({ strategy: server })
      await app.startAllMicroservices()
      rightOfWay.start()
    },
    close: async () => {
      await rightOfWay.stop()
      await pool.end()
    },
  })
})
