import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { send } from './test/send.ts'
import { keyOf, startStandIn, type StandIn } from './test/stand-in.ts'
import { makeFolder, startGateway, type Gateway } from './test/start-gateway.ts'

const folder = makeFolder()
let gateway: Gateway
let inquiry: StandIn
let events: StandIn

beforeAll(async () => {
  inquiry = await startStandIn(join(folder, 'inquiry.sock'))
  events = await startStandIn(join(folder, 'events.sock'))
  gateway = await startGateway(folder)
})
afterAll(async () => {
  await gateway.stop()
  await Promise.all([inquiry.stop(), events.stop()])
  rmSync(folder, { recursive: true, force: true })
})

describe('webhooks, alerts, analytics, reconciliation and the cluster’s state', () => {
  it('are event-services’, reads and writes alike, with the caller’s identity', async () => {
    const headers = { authorization: keyOf('peak', 'webhooks') }
    const paths = [
      '/v1/webhook-endpoints',
      '/v1/webhook-endpoints/x/secret',
      '/v1/webhook-deliveries/x',
      '/v1/ops/cluster',
      '/v1/ops/analytics',
      '/v1/ops/reconciliation/runs',
      '/v1/ops/alerts',
      '/v1/ops/alerts/x/acknowledge',
      '/v1/ops/alert-rules',
      '/v1/ops/silences/x',
    ]
    const methods = ['GET', 'POST', 'PATCH', 'DELETE']
    for (const path of paths) for (const method of methods) await send(gateway.port, path, { method, headers })
    expect(events.requests.map(({ method, url }) => [url, method])).toEqual(
      paths.flatMap((path) => methods.map((method) => [path, method])),
    )
    for (const request of events.requests) expect(request.headers['x-identity']).toBeDefined()
  })

  it('take a bank’s statement of any length that is allowed, as it comes', async () => {
    const headers = { authorization: keyOf('peak', 'webhooks'), 'content-type': 'text/csv' }
    const path = '/v1/ops/reconciliation/statements/2026-11-26'
    const body = 'a'.repeat(2 * 1024 * 1024)
    for (const more of [{}, { 'transfer-encoding': 'chunked' }])
      expect((await send(gateway.port, path, { method: 'POST', headers: { ...headers, ...more }, body })).body).toBe(
        `{"bytes":${body.length}}`,
      )
    expect((await send(gateway.port, '/v1/ops/reconciliation/runs', { method: 'POST', headers, body })).status).toBe(
      413,
    )
    expect(readdirSync(join(gateway.folder, 'body'))).toEqual([])
  })

  it('are nobody’s without a key, and end where their names do', async () => {
    const headers = { authorization: keyOf('peak', 'webhooks') }
    const before = events.requests.length
    expect((await send(gateway.port, '/v1/webhook-endpoints', {})).status).toBe(401)
    await send(gateway.port, '/v1/webhook-endpointsx', { headers })
    expect(events.requests).toHaveLength(before)
    expect(inquiry.requests.map(({ url }) => url)).toEqual(['/v1/webhook-endpointsx'])
  })
})
