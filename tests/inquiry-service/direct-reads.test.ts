/** What is answered in front of the framework is what the framework would have answered. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { createMetrics } from '@paycluster/platform/metrics'
import type { ReadSide } from '../../inquiry-service/src/read-side.ts'
import { startReadStage, type ReadStage } from './read-stage.ts'

let stage: ReadStage
let readSide: ReadSide
let app: NestFastifyApplication
let origin: string
const metrics = createMetrics('inquiry-service', 'test')
let mine: string

beforeAll(async () => {
  stage = await startReadStage()
  readSide = await stage.instance()
  app = await stage.http(readSide, metrics)
  await app.listen(0, '127.0.0.1')
  origin = await app.getUrl()
  mine = stage.ledger.customers[0] ?? ''
}, 90_000)
afterAll(async () => {
  await app.close()
  await stage.stop()
})

/** Of the connection, not of the answer. */
const OF_CONNECTION = ['connection', 'keep-alive', 'date', 'transfer-encoding']
type Headers = Readonly<Record<string, string>>

interface Seen {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: string
}

const seen = (status: number, headers: Record<string, unknown>, body: string): Seen => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name))),
  body,
})

async function direct(url: string, headers: Headers): Promise<Seen> {
  const answer = await fetch(origin + url, { headers })
  return seen(answer.status, Object.fromEntries(answer.headers), await answer.text())
}

async function throughFramework(url: string, headers: Headers): Promise<Seen> {
  const answer = await app.inject({ method: 'GET', url, headers })
  return seen(answer.statusCode, answer.headers, answer.body)
}

/** How many requests of a route were answered, by all that answers. */
async function answered(route: string): Promise<number> {
  const metric = await metrics.getSingleMetric('http_request_seconds')?.get()
  return (metric?.values ?? [])
    .filter((value) => 'metricName' in value && value.metricName === 'http_request_seconds_count')
    .filter(({ labels }) => labels.route === route)
    .reduce((sum, { value }) => sum + value, 0)
}

describe('direct reads', () => {
  it('answer as the framework does, good and bad', async () => {
    const { customers, demo, system, fundingAccount } = stage.ledger
    const posted = await stage.post(0, 1)
    const balance = `/v1/accounts/${mine}/balance`
    const { headers: first } = await direct(balance, { 'x-identity': stage.identity(demo) })
    const paths = [
      balance,
      `/v1/accounts/${mine}/entries`,
      `/v1/payments/${posted.id}`,
      `/v1/payments/${stage.ids.derive('pay', demo, 'never posted')}`,
      `/v1/payments/${posted.id.slice(0, -1)}x`,
      `/v1/accounts/${fundingAccount}/balance`,
      `/v1/accounts/x/entries`,
      `/v1/accounts/${customers[1] ?? ''}/balance`,
    ]
    const identity = { 'x-identity': stage.identity(demo) }
    const variants: Headers[] = [
      identity,
      { ...identity, 'x-request-id': 'a-request' },
      { ...identity, 'x-request-id': 'not one' },
      { ...identity, 'if-none-match': String(first.etag) },
      { ...identity, 'consistency-token': posted.token },
      { ...identity, 'consistency-token': 'yesterday' },
      { 'x-identity': stage.identity(system) },
      { 'x-identity': 'forged' },
      {},
    ]
    for (const path of paths)
      for (const headers of variants) {
        // Into the cache, so that both come from there.
        await direct(path, headers)
        const [one, other] = [await direct(path, headers), await throughFramework(path, headers)]
        const given = headers['x-request-id'] === 'a-request'
        const asked = `${path} with ${JSON.stringify(headers)}`
        expect({ asked, ...comparable(one, given) }).toEqual({ asked, ...comparable(other, given) })
      }
  })

  it('are counted by their routes', async () => {
    const route = '/v1/accounts/:id/balance'
    const before = await answered(route)
    await direct(`/v1/accounts/${mine}/balance`, { 'x-identity': stage.identity(stage.ledger.demo) })
    expect(await answered(route)).toBe(before + 1)
  })

  it('leave to the framework what is not in their plain form', async () => {
    const identity = { 'x-identity': stage.identity(stage.ledger.demo) }
    const path = `/v1/accounts/${mine}/balance`
    const encoded = await direct(path.replace('acc_', 'acc%5f'), identity)
    expect(encoded.status).toBe(200)
    expect((await direct(`${path}?since=now`, identity)).body).toContain('unknown_parameter')
    const head = await fetch(origin + path, { method: 'HEAD', headers: identity })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await fetch(origin + path, { method: 'DELETE', headers: identity })).status).toBe(404)
  })
})

/** Without what differs from answer to answer: an id that the service made itself, and when a node was asked. */
function comparable({ status, headers, body }: Seen, givenId: boolean): Seen {
  const { 'x-request-id': id, 'x-as-of': asOf, 'x-data-source': source, 'consistency-token': token, ...rest } = headers
  return {
    status,
    headers: {
      ...rest,
      ...(givenId ? { id } : {}),
      ...(source === 'cache' ? { asOf, source, token } : { hasToken: token !== undefined }),
    },
    body: givenId ? body : body.replace(String(id), '<id>'),
  }
}
