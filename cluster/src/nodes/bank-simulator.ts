/** The bank that the native cluster has: a simulator, which is also the vault for cards. Its state lies with the cluster's. */
import { hkdfSync } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import { childEnvironment } from '../process/child-environment.ts'
import { projectRoot } from '../project-root.ts'
import type { Secrets } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import type { NodePlan } from '../supervisor/node-plan.ts'
import { nodeProgram } from './node-program.ts'
import { readyz } from './readyz.ts'

const STOP_TIMEOUT_MS = 10_000
const KEY_BYTES = 32
const NAME = 'bank-simulator'

export const bankUrl = ({ ports }: Settings): string => `http://127.0.0.1:${ports.bank}`

/** Who the cluster is to its bank. Follows from the cluster's secret: there is nothing more to keep. */
export const bankApiKey = (secrets: Pick<Secrets, 'clusterSecret'>): string =>
  derive(secrets, 'bank key').toString('base64url')

/** What the bank signs its callbacks with: `whsec_…`. */
export const bankCallbackSecret = (secrets: Pick<Secrets, 'clusterSecret'>): string =>
  `whsec_${derive(secrets, 'bank callbacks').toString('base64')}`

const derive = ({ clusterSecret }: Pick<Secrets, 'clusterSecret'>, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', clusterSecret, '', `payment-cluster ${purpose}`, KEY_BYTES))

/** None, or one. */
export function bankNodes(settings: Settings, secrets: Secrets, layout: Layout): NodePlan[] {
  if (settings.counts.bankSimulator === 0) return []
  const { bank, bankControl } = settings.ports
  return [
    {
      name: NAME,
      role: 'a bank, simulated',
      address: `127.0.0.1:${bank}`,
      port: bank,
      prepare: () => {
        mkdirSync(layout.bank, { recursive: true, mode: 0o700 })
      },
      file: nodeProgram(),
      args: ['--enable-source-maps', join(projectRoot, NAME, 'dist/main.js')],
      cwd: projectRoot,
      env: childEnvironment({
        NODE_ENV: 'production',
        LOG_LEVEL: settings.services.logLevel,
        BANK_PORT: String(bank),
        BANK_CONTROL_PORT: String(bankControl),
        BANK_API_KEY: bankApiKey(secrets),
        BANK_CALLBACK_URL: `http://127.0.0.1:${settings.ports.gateway}/bank/callbacks`,
        BANK_CALLBACK_SECRET: bankCallbackSecret(secrets),
        BANK_JOURNAL: join(layout.bank, 'journal.jsonl'),
        BANK_CARD_KEY: join(layout.bank, 'card-key.json'),
      }),
      probe: () => readyz(`${bankUrl(settings)}/healthz`),
      readyTimeoutMs: settings.startTimeoutS * 1000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: STOP_TIMEOUT_MS,
      hurrySignal: 'SIGKILL',
    },
  ]
}
