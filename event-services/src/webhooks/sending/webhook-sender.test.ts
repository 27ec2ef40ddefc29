import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { verifyWebhook } from '@paycluster/client'
import { systemClock } from '@paycluster/platform/clock'
import { drop, hang, startScriptedServer, type ScriptedServer } from '@paycluster/testkit/scripted-server'
import { WebhookSecrets } from '../endpoints/webhook-secrets.ts'
import { AddressGuard, parseNetwork, type ResolveName } from './address-guard.ts'
import { WebhookSender, type SendResult } from './webhook-sender.ts'

const secrets = new WebhookSecrets('a secret for tests, of 32 letters or more')
const endpoint = { id: '0'.repeat(32), secretVersion: 1, oldSecrets: [] }
const BODY = '{"type":"payment.succeeded"}'

let server: ScriptedServer
let senders: WebhookSender[] = []
beforeAll(async () => {
  server = await startScriptedServer()
})
afterAll(() => server.stop())
afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.close()))
  senders = []
})

const TRUSTED = [parseNetwork('127.0.0.1/32')]

function send(url: string, { trusted = TRUSTED, resolve }: { trusted?: typeof TRUSTED; resolve?: ResolveName } = {}) {
  const sender = new WebhookSender(new AddressGuard(trusted, resolve), secrets, systemClock, 300)
  senders.push(sender)
  return (id = 'whd_1'): Promise<SendResult> => sender.send({ id, url, body: BODY, endpoint })
}

describe('a message', () => {
  it('is what its receiver can verify', async () => {
    server.script((_request, response) => response.writeHead(200, { 'x-shop': '7' }).end('thanks'))
    const result = await send(`${server.url}/hook?shop=7`)()
    expect(result).toMatchObject({
      address: '127.0.0.1',
      answer: { status: 200, headers: { 'x-shop': '7' }, body: 'thanks' },
      error: null,
    })
    const [{ url, method, headers, body } = { url: '', method: '', headers: {}, body: '' }] = server.requests
    expect([method, url]).toEqual(['POST', '/hook?shop=7'])
    await expect(verifyWebhook(secrets.secret(endpoint.id, 1), headers as never, body)).resolves.toEqual({
      type: 'payment.succeeded',
    })
  })

  it('follows no redirect', async () => {
    server.script((_request, response) => response.writeHead(307, { location: `${server.url}/other` }).end())
    expect(await send(server.url)()).toMatchObject({ answer: { status: 307 } })
    expect(server.requests).toHaveLength(1)
  })

  it('is not waited for without end, and its status is an answer, however the rest trickles', async () => {
    server.script(hang)
    expect(await send(server.url)()).toMatchObject({ answer: null, error: 'no answer within 300 ms' })
    server.script((_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('.'), 20)
      response.once('close', () => {
        clearInterval(timer)
      })
    })
    expect(await send(server.url)()).toMatchObject({ answer: { status: 200, body: expect.stringMatching(/^\.+$/) } })
  })

  it('waits for no other one of the same origin', async () => {
    server.script((request, response) => {
      if (request.url === '/ok') response.writeHead(204).end()
    })
    const sender = new WebhookSender(new AddressGuard(TRUSTED), secrets, systemClock, 1000)
    senders.push(sender)
    const slow = Array.from({ length: 40 }, () =>
      sender.send({ id: 'a', url: `${server.url}/slow`, body: BODY, endpoint }),
    )
    expect(await sender.send({ id: 'b', url: `${server.url}/ok`, body: BODY, endpoint })).toMatchObject({
      answer: { status: 204 },
    })
    await Promise.all(slow)
  })

  it('is answered with no more than is kept', async () => {
    server.script((_request, response) => response.writeHead(200).end('x'.repeat(5_000_000)))
    const { answer } = await send(server.url)()
    expect(answer?.body).toHaveLength(4096)
  })

  it('says why there is no answer', async () => {
    server.script(drop)
    expect(await send(server.url)()).toMatchObject({
      answer: null,
      error: expect.stringMatching(/closed|hang up|reset/),
    })
    expect(await send('http://127.0.0.1:1')()).toMatchObject({
      answer: null,
      address: null,
      error: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('goes to no address that is not public, by whatever name', async () => {
    const port = new URL(server.url).port
    server.script((_request, response) => response.writeHead(200).end())
    for (const host of ['127.0.0.1', '[::1]', '2130706433', '[::ffff:127.0.0.1]'])
      expect(await send(`https://${host}:${port}/`, { trusted: [] })()).toMatchObject({
        answer: null,
        address: null,
        error: expect.stringContaining('not public'),
      })
    expect(server.requests).toEqual([])
  })

  it('goes to the address that was looked at, whatever the name means a moment later', async () => {
    const port = new URL(server.url).port
    const asked: string[] = []
    const meanings = [['127.0.0.1'], ['10.0.0.1'], ['127.0.0.1', '10.0.0.1']]
    const resolve: ResolveName = (name) => {
      asked.push(name)
      return Promise.resolve(meanings.shift() ?? [])
    }
    server.script((_request, response) => response.writeHead(200, { connection: 'close' }).end())
    const again = send(`http://rebound.example:${port}/`, { resolve })
    expect(await again()).toMatchObject({ address: '127.0.0.1', answer: { status: 200 } })
    expect(server.requests[0]?.headers.host).toBe(`rebound.example:${port}`)
    expect(await again()).toMatchObject({ answer: null, error: expect.stringContaining('10.0.0.1') })
    expect(await again()).toMatchObject({ answer: null, error: expect.stringContaining('10.0.0.1') })
    // Once for each connection: nobody asks a second time between the look and the connection.
    expect(asked).toEqual(['rebound.example', 'rebound.example', 'rebound.example'])
  })
})
