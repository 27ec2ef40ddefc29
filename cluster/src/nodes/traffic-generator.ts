/** What sends traffic to the native cluster when it is told to: a client, with the keys and accounts of the demonstration. */
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { projectRoot } from '../project-root.ts'
import type { Settings } from '../settings.ts'
import type { NodePlan } from '../supervisor/node-plan.ts'
import { nodeProgram } from './node-program.ts'
import { readyz } from './readyz.ts'

/** It bounds its own stop by 15 s. */
const STOP_TIMEOUT_MS = 20_000
const NAME = 'traffic-generator'

/** None, or one. */
export function trafficNodes(settings: Settings, layout: Layout): NodePlan[] {
  if (settings.counts.trafficGenerator === 0) return []
  const port = settings.ports.trafficGenerator
  return [
    {
      name: NAME,
      role: 'sends traffic',
      address: `127.0.0.1:${port}`,
      port,
      file: nodeProgram(),
      args: [
        '--enable-source-maps',
        `--max-old-space-size=${settings.services.oldSpaceMb}`,
        join(projectRoot, NAME, 'dist/main.js'),
      ],
      cwd: projectRoot,
      env: childEnvironment({
        NODE_ENV: 'production',
        LOG_LEVEL: settings.services.logLevel,
        TRAFFIC_PORT: String(port),
        TRAFFIC_DEMO_FILE: layout.demo,
        TRAFFIC_RUNS: join(layout.traffic, 'served'),
      }),
      probe: () => readyz(`http://127.0.0.1:${port}/healthz`),
      readyTimeoutMs: settings.startTimeoutS * 1000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: STOP_TIMEOUT_MS,
      hurrySignal: 'SIGKILL',
    },
  ]
}
