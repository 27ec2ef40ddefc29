/** The demo accounts: loaded by `db/dist/demo.js` through the running cluster, described in `<state>/demo.json`. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Layout } from './layout.ts'
import { brokerAddress } from './nodes/kafka.ts'
import { nodeProgram } from './nodes/node-program.ts'
import { childEnvironment } from './process/child-environment.ts'
import { runCommand } from './process/run-command.ts'
import { databaseUrl } from './postgres/connection.ts'
import { projectRoot } from './project-root.ts'
import type { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

/** A thousand accounts take seconds, a million some minutes. */
const LOAD_TIMEOUT_MS = 900_000

const loadedSchema = z.object({
  apiKey: z.string(),
  /** Demands a signature with `signingSecret`. */
  signedApiKey: z.string(),
  signingSecret: z.string(),
  opsKey: z.string(),
  merchants: z.array(z.string()),
  customers: z.array(z.string()),
})
const demoSchema = loadedSchema.extend({ url: z.string() })

/** What a client needs to try the cluster. */
export type Demo = z.output<typeof demoSchema>

/** The demo of a cluster that was started before, or undefined. */
export function readDemo(path: string): Demo | undefined {
  try {
    return demoSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}

/**
 * Loads what is missing of the demo accounts; needs payment-worker and Kafka. Does nothing when an earlier start loaded as
 * many.
 *
 * @throws ClusterError `command_failed` with the end of its output
 */
export async function loadDemo(
  settings: Settings,
  secrets: Secrets,
  layout: Layout,
  url: string,
  signal?: AbortSignal,
): Promise<Demo> {
  const { customers, merchants } = settings.demo
  const earlier = readDemo(layout.demo)
  if (earlier?.customers.length === customers && earlier.merchants.length === merchants) {
    return earlier.url === url ? earlier : write(layout.demo, { ...earlier, url })
  }
  const resultFile = `${layout.demo}.loaded`
  try {
    await runCommand({
      file: nodeProgram(),
      args: ['--enable-source-maps', join(projectRoot, 'db/dist/demo.js')],
      cwd: projectRoot,
      env: childEnvironment({
        DEMO: '1',
        OWNER_URL: databaseUrl(secrets, 'owner', settings.ports.primary),
        CLUSTER_SECRET: secrets.clusterSecret,
        KAFKA_BROKERS: brokerAddress(settings),
        CUSTOMERS: String(customers),
        MERCHANTS: String(merchants),
        RESULT_FILE: resultFile,
      }),
      timeoutMs: LOAD_TIMEOUT_MS,
      signal,
    })
    const loaded = loadedSchema.parse(JSON.parse(readFileSync(resultFile, 'utf8')))
    return write(layout.demo, { url, ...loaded })
  } finally {
    rmSync(resultFile, { force: true })
  }
}

/** Mode 600: the keys open this cluster. */
function write(path: string, demo: Demo): Demo {
  const partial = `${path}.partial`
  writeFileSync(partial, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 })
  renameSync(partial, path)
  return demo
}
