import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { send } from './test/send.ts'
import { keyOf, startStandIn, type StandIn } from './test/stand-in.ts'
import { makeFolder, startGateway, waitUntil, type Gateway } from './test/start-gateway.ts'

const folder = makeFolder()
let gateway: Gateway
let inquiry: StandIn

beforeAll(async () => {
  inquiry = await startStandIn(join(folder, 'inquiry.sock'))
  gateway = await startGateway(folder)
})
afterAll(async () => {
  await gateway.stop()
  await inquiry.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('asks once, and takes nothing old, when a key comes back on many connections after a pause', async () => {
  const headers = { authorization: keyOf('peak', 'pausing') }
  const request = () => send(gateway.port, '/v1/payments', { headers })
  await request()
  // Every worker has the file open.
  await Promise.all(Array.from({ length: 100 }, request))
  const cached = (): string[] => readdirSync(join(gateway.folder, 'auth-cache'), { recursive: true, encoding: 'utf8' })
  const files = (): string[] => cached().filter((name) => name.includes('/'))
  expect(files()).toHaveLength(1)
  await waitUntil(() => files().length === 0, 'the answer is removed', 30_000)

  inquiry.authentications.length = 0
  inquiry.requests.length = 0
  // A look-up that takes long enough for all the others to arrive.
  inquiry.authenticate = (_request, response) => {
    setTimeout(() => {
      const identity = { 'x-identity': 'signed.anew', 'x-limit-tier': 'peak', 'x-key-id': 'peak_pausing' }
      response.writeHead(204, { ...identity, 'cache-control': 'max-age=4' }).end()
    }, 100)
  }
  const answers = await Promise.all(Array.from({ length: 300 }, request))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(inquiry.requests.map((seen) => seen.headers['x-identity']))).toEqual(new Set(['signed.anew']))
  expect(inquiry.authentications).toHaveLength(1)
}, 40_000)
