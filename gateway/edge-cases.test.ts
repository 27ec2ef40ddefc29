import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { expectProblem } from './test/expect-problem.ts'
import { send, sendRaw } from './test/send.ts'
import { keyOf, startStandIn, type StandIn } from './test/stand-in.ts'
import { makeFolder, startGateway, type Gateway } from './test/start-gateway.ts'

const folder = makeFolder()
let gateway: Gateway
let payment: StandIn
let inquiry: StandIn

beforeAll(async () => {
  payment = await startStandIn(join(folder, 'payment.sock'))
  inquiry = await startStandIn(join(folder, 'inquiry.sock'))
  gateway = await startGateway(folder, { LIMIT_STRANGER_RATE: '1r/s', LIMIT_STRANGER_BURST: '5' })
})
afterAll(async () => {
  await gateway.stop()
  await Promise.all([payment.stop(), inquiry.stop()])
  rmSync(folder, { recursive: true, force: true })
})

describe('health and readiness', () => {
  it('answer every error as a problem', async () => {
    const large = { body: 'x'.repeat(70_000), headers: { 'content-length': '70000' } }
    for (const path of ['/healthz', '/readyz'])
      expectProblem(await send(gateway.port, path, large), 'payload_too_large')
    expectProblem(await send(gateway.port, '/healthz', { headers: { 'if-match': '"a"' } }), 'precondition_failed')
    expect((await send(gateway.port, '/readyz', { body: 'x' })).body).toBe('{"ready":true}')
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(gateway.port, '/readyz')))
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused.length).toBeGreaterThanOrEqual(5)
    for (const answer of refused) expectProblem(answer, 'rate_limited')
  })
})

describe('a request', () => {
  it('in another transfer coding is a problem', async () => {
    const raw = await sendRaw(
      gateway.port,
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: gzip\r\n\r\n',
    )
    expect(raw).toContain('"code":"not_implemented"')
  })

  it('of HTTP/1.0 needs no Host', async () => {
    const key = keyOf('peak', 'old')
    const raw = await sendRaw(gateway.port, `GET /v1/payments HTTP/1.0\r\nAuthorization: ${key}\r\n\r\n`)
    expect(raw).toMatch(/^HTTP\/1.1 200 /)
    expect(inquiry.requests.at(-1)?.headers.host).toBe('gateway')
  })

  it('reaches the service with what there is of its body, so that the service can end a slow one', async () => {
    payment.begin = (_message, response) => {
      response.writeHead(408, { 'content-type': 'application/problem+json', connection: 'close' })
      response.end('{"code":"request_timeout"}')
    }
    const head = `POST /v1/payments HTTP/1.1\r\nHost: a\r\nAuthorization: ${keyOf('peak', 'slow')}\r\nConnection: close\r\n`
    const raw = await sendRaw(gateway.port, `${head}Content-Length: 1000\r\n\r\n{`)
    payment.begin = undefined
    expect(raw).toContain('"code":"request_timeout"')
  })
})
