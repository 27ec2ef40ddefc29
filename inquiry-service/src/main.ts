import 'reflect-metadata'
import { systemClock } from '@paycluster/platform/clock'
import { loadSettings } from '@paycluster/platform/config'
import { startHttpService } from '@paycluster/platform/http/http-service'
import { putInFront } from '@paycluster/platform/http/put-in-front'
import { ReadinessChecks } from '@paycluster/platform/http/readiness'
import { measureRequests } from '@paycluster/platform/http/request-metrics'
import { IdentitySigner, IdentityVerifier } from '@paycluster/platform/identity/signed-identity'
import { createLogger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { runMain } from '@paycluster/platform/run-main'
import { AppModule } from './app.module.ts'
import { settingsSchema } from './config.ts'
import { DirectReads } from './direct/direct-reads.ts'
import { registerReadMetrics } from './metrics/read-metrics.ts'
import { mutated } from './mutations/mutated.ts'
import { closeReadSide, createReadSide } from './read-side.ts'

/** Nothing that is read has a body. */
const BODY_LIMIT_BYTES = 1024

runMain(async () => {
  const settings = loadSettings(settingsSchema)
  const { INSTANCE: name, CLUSTER_SECRET: clusterSecret } = settings
  const logger = createLogger(name, settings.LOG_LEVEL)
  const registry = createMetrics('inquiry-service', name)
  const readSide = mutated(settings, createReadSide(settings, logger))
  registerReadMetrics(registry, readSide)
  const readiness = new ReadinessChecks()
  // Redis is not asked: without it answers come from replicas.
  readiness.add({ name: 'postgres', reason: () => readSide.router.unreadableReason() })
  await readSide.router.start()
  const verifier = new IdentityVerifier(clusterSecret, systemClock)
  await startHttpService({
    module: AppModule.with(readSide, verifier, new IdentitySigner(clusterSecret)),
    listen: settings.LISTEN,
    adminListen: settings.ADMIN_LISTEN,
    logger,
    readiness,
    metrics: registry,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    configure: (app, problems) => {
      const note = measureRequests(app.getHttpAdapter().getInstance(), registry)
      const direct = new DirectReads({ readSide, verifier, problems, note })
      putInFront(app.getHttpServer(), (request, response) => direct.take(request, response))
    },
    close: () => closeReadSide(readSide),
  })
})
