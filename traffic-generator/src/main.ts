/** The generator as a node of a cluster. */
import { loadSettings } from '@paycluster/platform/config'
import { createLogger } from '@paycluster/platform/logging'
import { runMain } from '@paycluster/platform/run-main'
import { stopOnSignal } from '@paycluster/platform/stop-on-signal'
import { settingsSchema } from './config.ts'
import { demoTarget } from './sending/target.ts'
import { serve } from './serve.ts'

runMain(async () => {
  const settings = loadSettings(settingsSchema)
  const logger = createLogger('traffic-generator', settings.LOG_LEVEL)
  const served = await serve({
    host: settings.TRAFFIC_HOST,
    port: settings.TRAFFIC_PORT,
    runsFolder: settings.TRAFFIC_RUNS,
    maxRuns: settings.TRAFFIC_MAX_RUNS,
    maxRate: settings.TRAFFIC_MAX_RATE,
    maxInFlight: settings.TRAFFIC_MAX_IN_FLIGHT,
    keptRuns: settings.TRAFFIC_KEPT_RUNS,
    target: () => demoTarget(settings.TRAFFIC_DEMO_FILE, settings.TRAFFIC_URL),
    logger,
  })
  stopOnSignal(logger, () => served.stop())
})
