import { join } from 'node:path'
import { layoutOf } from '@paycluster/cluster/layout'
import { loadSettings } from '@paycluster/cluster/settings/load-settings'
import { createLogger } from '@paycluster/platform/logging'
import { stopOnSignal } from '@paycluster/platform/stop-on-signal'
import { demoTarget } from '@paycluster/traffic-generator/sending/target'
import { serve } from '@paycluster/traffic-generator/serve'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { addTargetOptions, findTarget, type TargetOptions } from './connection.ts'

const HOST = '127.0.0.1'
/** As the settings of the node have them. */
const BOUNDS = { maxRuns: 4, maxRate: 1000, maxInFlight: 500, keptRuns: 50 }

interface ServeOptions extends TargetOptions {
  readonly port?: number
}

/** `traffic serve`: the same as the node of the cluster, in the foreground. */
export function registerServe(traffic: Command): void {
  const command = traffic
    .command('serve')
    .description('serve the API on the loopback: it asks for no key')
    .addOption(new Option('--port <n>', 'default: ports.trafficGenerator').argParser(parsePort))
  addTargetOptions(command).action(async ({ port, ...options }: ServeOptions) => {
    const settings = loadSettings()
    const layout = layoutOf(settings)
    // A key's accounts are listed once; the demonstration may come later.
    const listed = options.key === undefined && options.url === undefined ? undefined : await findTarget(options)
    const logger = createLogger('traffic-generator', settings.services.logLevel)
    const served = await serve({
      ...BOUNDS,
      host: HOST,
      port: port ?? settings.ports.trafficGenerator,
      runsFolder: join(layout.traffic, 'served'),
      target: () => listed ?? demoTarget(layout.demo),
      logger,
    })
    stopOnSignal(logger, () => served.stop())
    // bootstrap.mjs is gone without a word: nobody is left to press Ctrl-C.
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  })
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('0 to 65535')
}
