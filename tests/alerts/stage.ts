/** One cluster for all tests of the folder, with rules of their own, a Telegram that speaks the Bot API, and a receiver. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import type { Alert } from '@paycluster/contracts'
import { environmentOf, startCommand, type Ended } from '@paycluster/testkit/cluster-command'
import { json, startScriptedServer, type ScriptedServer, type SeenRequest } from '@paycluster/testkit/scripted-server'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'

/** A rebalance after a kill takes six seconds, and the next one as long. */
export const ARRIVAL_MS = 40_000
export const ESCALATION_MS = 3_000
export const TOKEN = '4711:a-token-for-tests'
export const CHAT = '-1001'
export const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwW2LaLaSw1Qo='

/** Of payments that fail, grouped by their description: so each test has a group of its own. */
export const RULES = `rules:
  - name: failures
    severity: critical
    summary: '{{count}} payments of {{payment.description}} failed'
    event:
      types: [payment.failed]
      where: [{ field: payment.failure.code, is: insufficient_funds }]
      window: 10m
      at_least: 3
    group_by: [payment.description]
    escalation:
      - notify: [log, telegram]
      - { after: ${ESCALATION_MS}ms, notify: [webhook] }
  - name: share
    severity: warning
    summary: '{{value}} % of {{total}} payments of {{payment.description}} failed'
    event:
      types: [payment.failed]
      window: 10s
      share: { of: [payment.succeeded, payment.failed], above_percent: 40, of_at_least: 4 }
    group_by: [payment.description]
    escalation: [{ notify: [log] }]
  - name: dead-letters
    severity: warning
    summary: '{{value}} dead letters'
    metric: { name: dead_letters, above: 0 }
    escalation: [{ notify: [webhook, telegram] }]
`

export let cluster: TestCluster
export let shop: PaymentClient
export let ops: PaymentClient
export let telegram: ScriptedServer
export let receiver: ScriptedServer
export let rulesFile: string
let folder: string

export const taken = json(200, { ok: true, result: { message_id: 1 } })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paycluster-alerts-'))
  rulesFile = join(folder, 'rules.yaml')
  writeFileSync(rulesFile, RULES)
  telegram = await startScriptedServer()
  receiver = await startScriptedServer()
  telegram.script(taken)
  receiver.script(json(204, {}))
  cluster = await startTestCluster({
    counts: { replicas: 1, inquiryService: 1, eventServices: 2 },
    supervision: { maxRestarts: 1000 },
    services: {
      eventServicesEnv: {
        ALERTS_RULES: rulesFile,
        ALERTS_LOOK_EVERY_MS: '300',
        ALERTS_CHANNEL_TIMEOUT_MS: '3000',
        ALERTS_SCHEDULE_S: '0,0,1,1',
        ALERTS_WEBHOOK_URL: `${receiver.url}/alerts`,
        ALERTS_WEBHOOK_SECRET: WEBHOOK_SECRET,
        ALERTS_TELEGRAM_URL: telegram.url,
        ALERTS_TELEGRAM_TOKEN: TOKEN,
        ALERTS_TELEGRAM_CHAT_ID: CHAT,
      },
    },
  })
  shop = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.apiKey })
  ops = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.opsKey })
}, CLUSTER_START_MS)
afterAll(async () => {
  await cluster.stop()
  await Promise.all([telegram.stop(), receiver.stop()])
  rmSync(folder, { recursive: true, force: true })
}, CLUSTER_START_MS)

/** More than anybody has. */
const TOO_MUCH = 2 ** 45

/** Pays and waits for the outcome. @returns ids of payments */
export async function pay(description: string, count: number, amount = TOO_MUCH): Promise<string[]> {
  const [source = '', destination = ''] = [cluster.demo.customers[0], cluster.demo.merchants[0]]
  const order = { source, destination, amount, currency: 'USD', description }
  const paid = await Promise.all(Array.from({ length: count }, () => shop.payments.create(order, { waitS: 10 })))
  for (const { id, status } of paid)
    if (status !== (amount === TOO_MUCH ? 'failed' : 'succeeded')) throw new Error(`${id} is ${status}`)
  return paid.map(({ id }) => id)
}

export async function alertsOf(description: string, rule = 'failures'): Promise<Alert[]> {
  const found: Alert[] = []
  for await (const alert of ops.alerts.list({ rule }))
    if (alert.labels['payment.description'] === description) found.push(alert)
  return found
}

export const alertThat = (what: string, rule: string, holds: (alert: Alert) => boolean): Promise<Alert> =>
  waitFor(
    what,
    async () => {
      for await (const alert of ops.alerts.list({ rule })) if (holds(alert)) return alert
      return undefined
    },
    { timeoutMs: ARRIVAL_MS },
  )

export const firing = (description: string, rule = 'failures'): Promise<Alert> =>
  alertThat(`an alert of ${description}`, rule, ({ labels }) => labels['payment.description'] === description)

export const textOf = ({ body }: SeenRequest): string => (JSON.parse(body) as { text: string }).text
export const toldOf = (part: string): SeenRequest[] => telegram.requests.filter(({ body }) => body.includes(part))
export const postedOf = (part: string): SeenRequest[] => receiver.requests.filter(({ body }) => body.includes(part))
export const arrived = (what: string, requests: () => SeenRequest[]): Promise<SeenRequest> =>
  waitFor(what, () => requests()[0], { timeoutMs: ARRIVAL_MS })

export const runOps = (...args: string[]): Promise<Ended> =>
  startCommand(
    ['ops', '--url', cluster.url, '--key', cluster.demo.opsKey, ...args],
    environmentOf({ stateDir: cluster.layout.state }),
  ).ended
