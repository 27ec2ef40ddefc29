/**
 * A real bank-simulator of a test's own, run from its build.
 *
 *     const bank = await startBankSimulator()   // 0.5 s
 *     bank.url · bank.apiKey                    // for its clients
 *     await bank.setMode({ pending: { share: 1 } })
 *     await bank.script({ for: { reference: 'r-1' }, steps: ['success_then_timeout', 'settle'] })
 *     await bank.kill(); await bank.start()     // it knows what it knew
 *     await bank.stop()
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeProgram } from '@paycluster/cluster/nodes/node-program'
import { readyz } from '@paycluster/cluster/nodes/readyz'
import { childEnvironment } from '@paycluster/cluster/process/child-environment'
import { logPath } from '@paycluster/cluster/process/log-file'
import { projectRoot } from '@paycluster/cluster/project-root'
import type { ClusterNode } from '@paycluster/cluster/supervisor/cluster-node'
import { openTestServers } from './test-servers.ts'

const NAME = 'bank-simulator'
/** It bounds its own stop by 15 s. */
const STOP_TIMEOUT_MS = 20_000

export interface TestBank {
  readonly url: string
  readonly controlUrl: string
  readonly apiKey: string
  /** `whsec_…`: what its callbacks are signed with, when `callbackUrl` says where they go. */
  readonly callbackSecret: string
  /** What it journals its operations in. */
  readonly journalPath: string
  readonly node: ClusterNode
  /** All that it has logged so far. */
  log(): string
  /** Changes the parts of its mode that are given; see bank-simulator/README.md. */
  setMode(change: Readonly<Record<string, unknown>>): Promise<void>
  resetMode(): Promise<void>
  /** Adds behaviours that the next requests meet. */
  script(entry: { readonly for?: Readonly<Record<string, string>>; readonly steps: readonly unknown[] }): Promise<void>
  /** Calls its control port. @returns the answer's JSON. @throws Error for an answer that is no success */
  control(method: string, path: string, body?: unknown): Promise<unknown>
  /** Starts it again after a stop or a kill, with the same ports, keys and journal. */
  start(): Promise<void>
  /** kill -9; it stays down. */
  kill(): Promise<void>
  /** Ends it, and deletes all that it had. */
  stop(): Promise<void>
}

export interface TestBankOptions {
  /** Where it tells of ends. Without it, it tells nobody. */
  readonly callbackUrl?: string
  /** More of its settings, or other ones. */
  readonly env?: Readonly<Record<string, string>>
}

/** @throws ClusterError `node_failed` with the end of its log */
export async function startBankSimulator({ callbackUrl, env = {} }: TestBankOptions = {}): Promise<TestBank> {
  const servers = await openTestServers({})
  const { layout, settings } = servers
  const { bank: port, bankControl: controlPort } = settings.ports
  const [url, controlUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${controlPort}`]
  const apiKey = randomBytes(24).toString('base64url')
  const callbackSecret = `whsec_${randomBytes(32).toString('base64')}`
  const journalPath = join(layout.state, 'bank-journal.jsonl')
  const control = (method: string, path: string, body?: unknown): Promise<unknown> =>
    callControl(controlUrl + path, method, body)

  return servers.starting(async () => {
    const node = servers.add({
      name: NAME,
      role: 'bank',
      address: `127.0.0.1:${port}`,
      port,
      file: nodeProgram(),
      args: ['--enable-source-maps', join(projectRoot, 'bank-simulator/dist/main.js')],
      cwd: projectRoot,
      env: childEnvironment({
        BANK_PORT: String(port),
        BANK_CONTROL_PORT: String(controlPort),
        BANK_API_KEY: apiKey,
        BANK_JOURNAL: journalPath,
        BANK_CARD_KEY: join(layout.state, 'bank-card-key.json'),
        ...(callbackUrl === undefined ? {} : { BANK_CALLBACK_URL: callbackUrl, BANK_CALLBACK_SECRET: callbackSecret }),
        ...env,
      }),
      probe: () => readyz(`${url}/healthz`),
      readyTimeoutMs: settings.startTimeoutS * 1000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: STOP_TIMEOUT_MS,
      hurrySignal: 'SIGKILL',
    })
    await node.start()
    return {
      url,
      controlUrl,
      apiKey,
      callbackSecret,
      journalPath,
      node,
      log: () => readFileSync(logPath(layout.logs, NAME), 'utf8'),
      setMode: async (change) => {
        await control('PUT', '/mode', change)
      },
      resetMode: async () => {
        await control('DELETE', '/mode')
      },
      script: async (entry) => {
        await control('POST', '/script', entry)
      },
      control,
      start: () => node.start(),
      kill: () => node.kill('SIGKILL', { restart: false }),
      stop: () => servers.stop(),
    }
  })
}

async function callControl(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`)
  return JSON.parse(text) as unknown
}
