/** Callbacks: signed, tried again, doubled, and never in the way of an answer. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { verifyWebhook } from '@paycluster/client'
import { startBankSimulator, type TestBank } from '@paycluster/testkit/bank-simulator'
import { drop, json, startScriptedServer, type ScriptedServer } from '@paycluster/testkit/scripted-server'
import { waitFor } from '@paycluster/testkit/wait-for'
import { BankClient } from './bank-client.ts'

const taken = json(200, {})

let receiver: ScriptedServer
let bank: TestBank
let client: BankClient

beforeAll(async () => {
  receiver = await startScriptedServer()
  bank = await startBankSimulator({ callbackUrl: `${receiver.url}/callbacks`, env: { BANK_CALLBACK_ATTEMPTS: '3' } })
  client = new BankClient(bank)
}, 30_000)
afterAll(async () => {
  await bank.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await bank.resetMode()
  receiver.script(taken)
})

const received = (count: number) =>
  waitFor(`${count} callbacks`, () => receiver.requests.length >= count && [...receiver.requests])
const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${bank.controlUrl}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1) ?? 0,
  )
}

it('tell the end of what was pending, signed', async () => {
  await bank.setMode({ pending: { share: 1, settle_after_ms: 10 } })
  const { body: operation } = await client.collect(75, 'pending-1')
  const [callback] = await received(1)
  expect(callback).toMatchObject({ method: 'POST', url: '/callbacks' })
  const headers = new Headers(Object.entries(callback?.headers ?? {}).map(([name, value]) => [name, String(value)]))
  const event = await verifyWebhook(bank.callbackSecret, headers, callback?.body ?? '')
  expect(event).toEqual({
    id: operation.id,
    idempotency_key: 'pending-1',
    type: 'collection',
    status: 'settled',
    amount: 75,
    currency: 'USD',
    occurred_at: (await client.operation('pending-1')).body.settled_at,
  })
})

it('say why something was declined', async () => {
  await bank.script({ steps: [{ kind: 'pending', settle_after_ms: 0, decline_reason: 'account_closed' }] })
  await client.collect(75)
  const [callback] = await received(1)
  expect(JSON.parse(callback?.body ?? '')).toMatchObject({ status: 'declined', decline_reason: 'account_closed' })
})

it('tell of what was pending alone, or of everything', async () => {
  await client.collect(1, 'silent')
  await bank.setMode({ callbacks: 'all' })
  await client.collect(1, 'told')
  const [callback] = await received(1)
  expect(JSON.parse(callback?.body ?? '')).toMatchObject({ idempotency_key: 'told', status: 'settled' })
})

it('come as often as the mode says, with one id', async () => {
  await bank.setMode({ callbacks: 'all', callback_copies: 3 })
  await client.collect(1)
  const callbacks = await received(3)
  expect(new Set(callbacks.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(new Set(callbacks.map(({ body }) => body)).size).toBe(1)
})

it('are tried again until they are taken', async () => {
  const failedBefore = await metric('bank_callbacks_total{result="failed_attempt"')
  receiver.script(json(500, {}), drop, taken)
  await bank.setMode({ callbacks: 'all' })
  await client.collect(1)
  const callbacks = await received(3)
  expect(new Set(callbacks.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  await waitFor(
    'two failed tries to be counted',
    async () => (await metric('bank_callbacks_total{result="failed_attempt"')) === failedBefore + 2,
  )
})

it('are given up in the end', async () => {
  receiver.script(json(503, {}))
  await bank.setMode({ callbacks: 'all' })
  expect((await client.collect(1)).status).toBe(201)
  await waitFor('one given up', async () => (await metric('bank_callbacks_total{result="given_up"')) === 1)
  expect(receiver.requests).toHaveLength(3)
})

it('tell after a kill what ended since', async () => {
  await bank.script({ steps: [{ kind: 'pending', settle_after_ms: 500 }] })
  await client.collect(1, 'over-the-kill')
  await bank.kill()
  receiver.script(taken)
  await bank.start()
  const callbacks = await waitFor(
    'its callback',
    async () => (await client.operation('over-the-kill')).body.status === 'settled' && (await received(1)),
  )
  expect(JSON.parse(callbacks[0]?.body ?? '')).toMatchObject({ idempotency_key: 'over-the-kill' })
})
