/** The generator as a server. */
import type { AddressInfo } from 'node:net'
import { systemClock } from '@paycluster/platform/clock'
import type { Logger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { addRunRoutes } from './control/run-routes.ts'
import { createServer } from './http/server.ts'
import { Runs } from './runs/runs.ts'
import { unblockLeft } from './runs/unblock-left.ts'
import type { Target } from './sending/target.ts'

const NAME = 'traffic-generator'
/** For acts in flight when it is told to stop; then they are cut, and 15 s after the stop the process is. */
const DRAIN_MS = 8000

export interface ServeOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly runsFolder: string
  readonly maxRuns: number
  readonly maxRate: number
  readonly maxInFlight: number
  readonly keptRuns: number
  /** @throws TargetError while there is none */
  readonly target: () => Target
  readonly logger: Logger
}

export interface ServedTraffic {
  readonly port: number
  /** Stops every run, then the API. */
  stop(): Promise<void>
}

/** @returns when it listens. @throws the system's error, such as EADDRINUSE */
export async function serve(options: ServeOptions): Promise<ServedTraffic> {
  const { host, port, runsFolder: root, target, logger, ...bounds } = options
  const metrics = createMetrics(NAME, NAME)
  const runs = new Runs({ ...bounds, root, clock: systemClock, registry: metrics })
  const server = createServer(logger)
  addRunRoutes(server, { runs, target, metrics })
  await server.listen({ host, port })
  const { port: listening } = server.server.address() as AddressInfo
  logger.info({ port: listening }, 'listening')
  const left = unblockAll(runs, target, logger)
  return {
    port: listening,
    stop: async () => {
      await runs.stopAll(DRAIN_MS)
      await server.close()
      await left
    },
  }
}

/** What killed runs have left blocked. Where that is not possible now, the next start does it. */
async function unblockAll(runs: Runs, target: () => Target, logger: Logger): Promise<void> {
  for (const folder of runs.leftFolders) {
    try {
      const still = await unblockLeft(folder, target())
      logger.info({ run: folder.path, still }, 'unblocked what a killed run had left')
    } catch (error) {
      logger.warn({ err: error, run: folder.path }, 'what a killed run has left blocked stays so')
    }
  }
}
