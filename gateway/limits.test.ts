import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ServerResponse } from 'node:http'
import { send, type Answer } from './test/send.ts'
import { keyOf, startStandIn, type StandIn } from './test/stand-in.ts'
import { makeFolder, serverLines, startGateway, waitUntil, type Gateway } from './test/start-gateway.ts'

const folder = makeFolder()
let payment: StandIn
let inquiry: StandIn

beforeAll(async () => {
  payment = await startStandIn(join(folder, 'payment.sock'))
  inquiry = await startStandIn(join(folder, 'inquiry.sock'))
})
afterAll(async () => {
  await Promise.all([payment.stop(), inquiry.stop()])
  rmSync(folder, { recursive: true, force: true })
})

const get = (gateway: Gateway, key?: string): Promise<Answer> =>
  send(gateway.port, '/v1/payments', key === undefined ? {} : { headers: { authorization: key } })

/** How many of so many requests at once were answered with which status. */
async function statuses(count: number, request: () => Promise<Answer>): Promise<Record<number, number>> {
  const answers = await Promise.all(Array.from({ length: count }, request))
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  const refused = answers.find((answer) => answer.status === 429)
  if (refused !== undefined) {
    expect(refused.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' })
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'rate_limited', retryable: true })
  }
  return counts
}

async function withGateway(
  overrides: Record<string, string>,
  check: (gateway: Gateway) => Promise<void>,
): Promise<void> {
  const gateway = await startGateway(folder, overrides)
  try {
    await check(gateway)
  } finally {
    await gateway.stop()
  }
}

describe('limits per key', () => {
  it('follow the tier that authentication found, and count each key alone', async () => {
    // A burst and one: the next is a minute away, so that no pause of the machine makes room for it.
    const limits = {
      LIMIT_SANDBOX_RATE: '1r/m',
      LIMIT_SANDBOX_BURST: '4',
      LIMIT_STANDARD_RATE: '1r/m',
      LIMIT_STANDARD_BURST: '9',
    }
    await withGateway(limits, async (gateway) => {
      expect(await statuses(20, () => get(gateway, keyOf('sandbox', 'tier-one')))).toEqual({ 200: 5, 429: 15 })
      expect(await statuses(5, () => get(gateway, keyOf('sandbox', 'tier-two')))).toEqual({ 200: 5 })
      expect(await statuses(20, () => get(gateway, keyOf('standard', 'tier-one')))).toEqual({ 200: 10, 429: 10 })
      expect(await statuses(200, () => get(gateway, keyOf('high', 'tier-one')))).toEqual({ 200: 200 })
      expect(await statuses(200, () => get(gateway, keyOf('peak', 'tier-one')))).toEqual({ 200: 200 })
    })
  })

  it('are those of the lowest tier for a tier that nobody knows', async () => {
    await withGateway({ LIMIT_SANDBOX_RATE: '1r/m', LIMIT_SANDBOX_BURST: '4' }, async (gateway) => {
      expect(await statuses(20, () => get(gateway, keyOf('unheard', 'tier-one')))).toEqual({ 200: 5, 429: 15 })
    })
  })

  it('bound the batches that a key may have in flight', async () => {
    const waiting: ServerResponse[] = []
    const ordinary = payment.handle
    payment.handle = (_request, response) => waiting.push(response)
    const batch = (gateway: Gateway): Promise<Answer> =>
      send(gateway.port, '/v1/payments/batch', {
        method: 'POST',
        headers: { authorization: keyOf('peak', 'batches') },
        body: '{}',
      })
    await withGateway({ LIMIT_KEY_BATCHES: '3' }, async (gateway) => {
      const held = [batch(gateway), batch(gateway), batch(gateway)]
      await waitUntil(() => waiting.length === 3, 'three batches are in flight')
      expect(await statuses(2, () => batch(gateway))).toEqual({ 429: 2 })
      for (const response of waiting) response.writeHead(202).end()
      expect((await Promise.all(held)).map((answer) => answer.status)).toEqual([202, 202, 202])
    })
    payment.handle = ordinary
  })
})

describe('limits per address', () => {
  it('bound all its keys together', async () => {
    await withGateway({ LIMIT_ADDRESS_RATE: '1r/m', LIMIT_ADDRESS_BURST: '9' }, async (gateway) => {
      let key = 0
      expect(await statuses(20, () => get(gateway, keyOf('peak', `address-${String(++key)}`)))).toEqual({
        200: 10,
        429: 10,
      })
    })
  })

  it('bound requests in flight', async () => {
    const waiting: ServerResponse[] = []
    const ordinary = inquiry.handle
    inquiry.handle = (_request, response) => waiting.push(response)
    await withGateway({ LIMIT_ADDRESS_CONNECTIONS: '2' }, async (gateway) => {
      const key = keyOf('peak', 'connections')
      const held = [get(gateway, key), get(gateway, key)]
      await waitUntil(() => waiting.length === 2, 'two requests are in flight')
      expect((await get(gateway, key)).status).toBe(429)
      for (const response of waiting) response.end()
      expect((await Promise.all(held)).map((answer) => answer.status)).toEqual([200, 200])
    })
    inquiry.handle = ordinary
  })

  it('are stricter for requests that fail to authenticate, and leave good keys alone', async () => {
    await withGateway({ LIMIT_STRANGER_RATE: '1r/m', LIMIT_STRANGER_BURST: '4' }, async (gateway) => {
      expect(await statuses(20, () => get(gateway))).toEqual({ 401: 5, 429: 15 })
      expect(await statuses(20, () => get(gateway, keyOf('revoked', 'failing')))).toEqual({ 429: 20 })
      expect(await statuses(20, () => get(gateway, keyOf('peak', 'unaffected')))).toEqual({ 200: 20 })
    })
  })

  it('bound the look-ups of keys never seen before, and leave known keys alone', async () => {
    const limits = { LIMIT_UNKNOWN_KEY_RATE: '1r/m', LIMIT_UNKNOWN_KEY_BURST: '4' }
    await withGateway(limits, async (gateway) => {
      const known = keyOf('peak', 'known-before')
      await get(gateway, known)
      inquiry.authentications.length = 0
      let key = 0
      const guess = (): Promise<Answer> => get(gateway, keyOf('revoked', `guess-${String(++key)}`))
      expect(await statuses(20, guess)).toEqual({ 401: 4, 429: 16 })
      expect(inquiry.authentications).toHaveLength(4)
      expect(await statuses(20, () => get(gateway, known))).toEqual({ 200: 20 })
    })
  })

  it('are wide enough for a load generator with 3000 connections', async () => {
    // 3000 clients and their server are this one process, which takes its time.
    const patient = { READ_TIMEOUT: '30s', AUTH_TIMEOUT: '30s', AUTH_TRY_TIMEOUT: '30s' }
    await withGateway({ INQUIRY_SERVERS: serverLines(join(folder, 'inquiry.sock')), ...patient }, async (gateway) => {
      expect(await statuses(3000, () => get(gateway, keyOf('peak', 'load')))).toEqual({ 200: 3000 })
    })
  }, 60_000)
})
