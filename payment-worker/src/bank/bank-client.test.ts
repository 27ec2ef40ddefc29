import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { BankClient } from './bank-client.ts'

const TIMEOUT_MS = 200
const task = { rail: 'withdrawal', amount: 500, currency: 'USD', reference: 'r', cardToken: null } as const

let server: Server | undefined
let bank: BankClient | undefined
afterEach(async () => {
  await bank?.close()
  server?.closeAllConnections()
  await new Promise((resolve) => {
    if (server === undefined) resolve(undefined)
    else server.close(resolve)
  })
  ;[server, bank] = [undefined, undefined]
})

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void

/** A bank that answers as it is told to. */
async function bankThat(handle: Handler): Promise<BankClient> {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      handle(request, body, response)
    })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  bank = new BankClient({ url: `http://127.0.0.1:${port}`, apiKey: 'k', timeoutMs: TIMEOUT_MS, maxConnections: 2 })
  return bank
}
const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}): Handler =>
  (_request, _body, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

describe('asked to move money, the bank', () => {
  it('gets what the payment is, under the payment’s id', async () => {
    let seen = {}
    const client = await bankThat((request, body, response) => {
      const { 'idempotency-key': key, authorization } = request.headers
      seen = { method: request.method, url: request.url, key, authorization, body: JSON.parse(body) as unknown }
      answering(201, { id: 'b1', status: 'settled' })(request, body, response)
    })
    expect(await client.move({ key: 'pay_1', task })).toEqual({ kind: 'settled', bankId: 'b1' })
    expect(seen).toEqual({
      method: 'POST',
      url: '/v1/transfers',
      key: 'pay_1',
      authorization: 'Bearer k',
      body: { type: 'payout', amount: 500, currency: 'USD', reference: 'r' },
    })
  })

  it('gets of a refund what it pays back', async () => {
    let seen = {}
    const client = await bankThat((request, body, response) => {
      seen = { url: request.url, key: request.headers['idempotency-key'], body: JSON.parse(body) as unknown }
      answering(202, { id: 'b1', status: 'pending' })(request, body, response)
    })
    expect(await client.move({ key: 'ref_1', task, refundOf: 'pay_1' })).toEqual({ kind: 'pending' })
    const body = { refund_of: 'pay_1', amount: 500, currency: 'USD', reference: 'r' }
    expect(seen).toEqual({ url: '/v1/refunds', key: 'ref_1', body })
  })

  it.each<[what: string, handle: Handler, result: object]>([
    ['that will decide later is pending', answering(202, { id: 'b', status: 'pending' }), { kind: 'pending' }],
    [
      'that declines gives its reason',
      answering(422, { code: 'declined', reason: 'account_closed' }),
      { kind: 'declined', reason: 'account_closed' },
    ],
    [
      'that finds fault with the request declines it',
      answering(400, { code: 'bad' }),
      { kind: 'declined', reason: 'bad' },
    ],
    [
      'that has too much to do has done nothing, and says when to come again',
      answering(429, {}, { 'retry-after': '7' }),
      { kind: 'not_done', isReached: true, retryAfterMs: 7000 },
    ],
    ['that does not know us has done nothing', answering(401, {}), { kind: 'not_done', isReached: true }],
    ['that fails may have done it', answering(500, {}), { kind: 'unknown' }],
    ['that is away for now may have done it', answering(503, {}), { kind: 'unknown' }],
    ['that answers nonsense may have done it', answering(201, 'settled'), { kind: 'unknown' }],
    ['that never answers may have done it', () => undefined, { kind: 'unknown' }],
    ['that hangs up may have done it', (request) => request.socket.destroy(), { kind: 'unknown' }],
  ])('%s', async (_, handle, result) => {
    const client = await bankThat(handle)
    expect(await client.move({ key: 'pay_1', task })).toMatchObject(result)
  })

  it('that nobody reaches has done nothing', async () => {
    const { port } = await new Promise<AddressInfo>((resolve) => {
      const closed = createServer().listen(0, '127.0.0.1', () => {
        const address = closed.address() as AddressInfo
        closed.close(() => {
          resolve(address)
        })
      })
    })
    bank = new BankClient({ url: `http://127.0.0.1:${port}`, apiKey: 'k', timeoutMs: TIMEOUT_MS, maxConnections: 1 })
    expect(await bank.move({ key: 'pay_1', task })).toEqual({
      kind: 'not_done',
      isReached: false,
      detail: 'ECONNREFUSED',
    })
  })
})

describe('asked whether it has moved money, the bank', () => {
  it.each<[what: string, handle: Handler, result: object]>([
    ['that has says so', answering(200, { id: 'b', status: 'settled' }), { kind: 'settled', bankId: 'b' }],
    [
      'that has declined says so',
      answering(200, { id: 'b', status: 'declined', decline_reason: 'no' }),
      { kind: 'declined', reason: 'no' },
    ],
    ['that has nothing says so', answering(404, {}), { kind: 'not_done', isReached: true }],
    ['that does not know us leaves it open', answering(401, {}), { kind: 'unknown' }],
    ['that has too much to do leaves it open', answering(429, {}), { kind: 'unknown' }],
  ])('%s', async (_, handle, result) => {
    const client = await bankThat(handle)
    expect(await client.find('pay_1')).toMatchObject(result)
  })
})
