import 'reflect-metadata'
import { systemClock } from '@paycluster/platform/clock'
import { loadSettings } from '@paycluster/platform/config'
import { CallerGuard } from '@paycluster/platform/http/caller'
import { startHttpService } from '@paycluster/platform/http/http-service'
import { ReadinessChecks } from '@paycluster/platform/http/readiness'
import { measureRequests } from '@paycluster/platform/http/request-metrics'
import { boundRequests } from '@paycluster/platform/http/slow-requests'
import { SignatureGuard } from '@paycluster/platform/http/signature.guard'
import { IdentityVerifier } from '@paycluster/platform/identity/signed-identity'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { runMain } from '@paycluster/platform/run-main'
import { createAnalytics } from './analytics/create-analytics.ts'
import { createAlerts } from './alerts/create-alerts.ts'
import { AppModule } from './app.module.ts'
import { createAudit } from './audit/create-audit.ts'
import { createClusterView } from './cluster/create-cluster-view.ts'
import { createObserver } from './cluster/create-observer.ts'
import { settingsSchema, type ModuleName } from './config.ts'
import { createEventsProducer } from './events-producer.ts'
import type { Listener } from './listener.ts'
import { RightOfWay } from './right-of-way.ts'
import { createReconciliation } from './reconciliation/create-reconciliation.ts'
import { isStatement, STATEMENT_TIMEOUT_MS, streamStatements } from './reconciliation/statement/statement-bodies.ts'
import { createWebhooks } from './webhooks/create-webhooks.ts'

const BODY_LIMIT_BYTES = 64 * 1024
/** As every service has it; a statement takes longer. */
const REQUEST_TIMEOUT_MS = 10_000

runMain(async () => {
  const settings = loadSettings(settingsSchema)
  const { INSTANCE: name, CLUSTER_SECRET: clusterSecret } = settings
  const logger = createLogger(name, settings.LOG_LEVEL)
  const registry = createMetrics('event-services', name)
  const readiness = new ReadinessChecks()

  const kafka = createKafkaClient({ brokers: settings.KAFKA_BROKERS, clientId: name, logger })
  const rightOfWay = new RightOfWay({ admin: kafka.admin(), registry, logger })
  const observer = createObserver({ settings, kafka, logger })
  const producer = createEventsProducer(kafka, registry, logger)
  const options = { settings, kafka, registry, rightOfWay, observer, producer, logger }
  const make: Record<ModuleName, () => Listener> = {
    audit: () => createAudit(options),
    webhooks: () => createWebhooks(options),
    analytics: () => createAnalytics(options),
    cluster: () => createClusterView(options),
    reconciliation: () => createReconciliation(options),
    alerts: () => createAlerts(options),
  }
  const listeners = settings.MODULES.map((module) => make[module]())
  const servers = listeners.flatMap(({ server }) => server ?? [])
  for (const server of servers) readiness.add(server.readiness)

  const guards = [
    new CallerGuard(new IdentityVerifier(clusterSecret, systemClock)),
    new SignatureGuard(clusterSecret, systemClock),
  ]
  await startHttpService({
    module: AppModule.with(listeners, guards),
    listen: settings.LISTEN,
    adminListen: settings.ADMIN_LISTEN,
    logger,
    readiness,
    metrics: registry,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    requestTimeoutMs: STATEMENT_TIMEOUT_MS,
    configure: async (app, problems) => {
      const server = app.getHttpAdapter().getInstance()
      measureRequests(server, registry)
      boundRequests(server, problems, REQUEST_TIMEOUT_MS, isStatement)
      streamStatements(server)
      for (const server of servers) app.connectMicroservice({ strategy: server })
      await app.startAllMicroservices()
      rightOfWay.start()
      producer.start()
      for (const listener of listeners) listener.start()
    },
    close: async () => {
      await Promise.all([rightOfWay.stop(), ...listeners.map((listener) => listener.close())])
      await Promise.all([observer.close(), producer.stop()])
    },
  })
})
