/** One cluster for all tests of the folder, and a receiver of webhooks. */
import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import type { IssuedWebhookEndpoint, Payment, WebhookMessage } from '@paycluster/contracts'
import { environmentOf, startCommand, type Ended } from '@paycluster/testkit/cluster-command'
import { startScriptedServer, type ScriptedServer, type SeenRequest } from '@paycluster/testkit/scripted-server'
import { CLUSTER_START_MS, startTestCluster, type TestCluster } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'

export const ARRIVAL_MS = 20_000

export let cluster: TestCluster
export let shop: PaymentClient
export let receiver: ScriptedServer
/** Deleted after each test. */
export const made: IssuedWebhookEndpoint[] = []

beforeAll(async () => {
  cluster = await startTestCluster({
    counts: { replicas: 1, inquiryService: 1, eventServices: 2 },
    supervision: { maxRestarts: 1000 },
    services: {
      eventServicesEnv: {
        WEBHOOK_TRUSTED_NETWORKS: '127.0.0.1/32',
        WEBHOOK_SCHEDULE_S: '0,0,1,1',
        WEBHOOK_TIMEOUT_MS: '2000',
      },
    },
  })
  shop = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.apiKey })
  receiver = await startScriptedServer()
}, CLUSTER_START_MS)
afterAll(async () => {
  await receiver.stop()
  await cluster.stop()
}, CLUSTER_START_MS)
afterEach(async () => {
  for (const { id } of made.splice(0)) await shop.webhooks.delete(id).catch(() => undefined)
})

export const takes =
  (status = 204) =>
  (_request: SeenRequest, response: { writeHead(status: number): { end(): void } }) => {
    response.writeHead(status).end()
  }

export async function listen(more: { events?: IssuedWebhookEndpoint['events']; path?: string } = {}) {
  const { events, path = '/hook' } = more
  const endpoint = await shop.webhooks.create({
    url: receiver.url + path,
    ...(events ? { events } : {}),
  })
  made.push(endpoint)
  return endpoint
}

export async function pay(amount = 100, n = 0): Promise<Payment> {
  const [source = '', destination = ''] = [cluster.demo.customers[n], cluster.demo.merchants[0]]
  const paid = await shop.payments.create({ source, destination, amount, currency: 'USD' }, { waitS: 10 })
  if (paid.status === 'queued') throw new Error('the payment was not posted in time')
  return paid
}

export const runOps = (...args: string[]): Promise<Ended> =>
  startCommand(
    ['ops', '--url', cluster.url, '--key', cluster.demo.opsKey, ...args],
    environmentOf({ stateDir: cluster.layout.state }),
  ).ended

export const messageOf = (request: SeenRequest): WebhookMessage => JSON.parse(request.body) as WebhookMessage
export const arrived = (id: string): Promise<SeenRequest> =>
  waitFor('the message', () => Promise.resolve(receiver.requests.find(({ body }) => body.includes(id))), {
    timeoutMs: ARRIVAL_MS,
  })
