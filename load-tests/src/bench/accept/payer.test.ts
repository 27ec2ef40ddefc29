import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createBatchSchema, createPaymentSchema } from '@paycluster/contracts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { LeanClient } from '../common/http-client.ts'
import { Payer } from './payer.ts'

const clusterSecret = 'a cluster secret of more than 32 characters'
const codec = new IdCodec(clusterSecret)
const accounts = {
  currency: 'USD',
  customers: [codec.random('acc', 3), codec.random('acc', 3)],
  merchants: [codec.random('acc', 3)],
}

describe('customers who pay', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.close()
  })

  /** A real server that answers with one status, and keeps what it was sent. */
  async function serve(status: number): Promise<{ client: LeanClient; bodies: unknown[]; keys: unknown[] }> {
    const bodies: unknown[] = []
    const keys: unknown[] = []
    server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key'])
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(JSON.parse(text)))
      request.on('end', () => response.writeHead(status).end())
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return { client: new LeanClient(`http://127.0.0.1:${port}`, { connections: 1 }), bodies, keys }
  }

  it('send payments as the API takes them, each with a key that gives its id', async () => {
    const { client, bodies, keys } = await serve(202)
    const payer = new Payer({ accounts, clusterSecret, owner: 3, runId: 'run' })
    for (let n = 0; n < 3; n++) await payer.pay(client, {})
    await client.close()
    for (const body of bodies) expect(createPaymentSchema.safeParse(body).success).toBe(true)
    expect(bodies).toMatchObject([0, 1, 0].map((customer) => ({ source: accounts.customers[customer] })))
    expect(payer.idsOf(1, 3)).toEqual(keys.slice(1).map((key) => codec.derive('pay', 3, String(key))))
  })

  it('send many in one request, whose ids follow from its key and their place', async () => {
    const { client, bodies, keys } = await serve(202)
    const payer = new Payer({ accounts, clusterSecret, owner: 3, runId: 'run' })
    for (let n = 0; n < 2; n++) await payer.payMany(client, {}, 3)
    await client.close()
    for (const body of bodies) expect(createBatchSchema.safeParse(body).success).toBe(true)
    expect(payer.paid).toBe(6)
    const ids = keys.flatMap((key) => [0, 1, 2].map((at) => codec.derive('pay', 3, `batch ${String(key)} ${at}`)))
    expect(payer.idsOfMany(0, 6, 3)).toEqual(ids)
  })

  it('take nothing but a 202 for an acceptance', async () => {
    const { client } = await serve(503)
    const payer = new Payer({ accounts, clusterSecret, owner: 3, runId: 'run' })
    await expect(payer.pay(client, {})).rejects.toThrow('a payment was answered 503, not 202')
    await client.close()
  })
})
