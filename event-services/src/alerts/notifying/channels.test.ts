import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Alert } from '@paycluster/contracts'
import { hang, json, startScriptedServer, type ScriptedServer } from '@paycluster/testkit/scripted-server'
import { Webhook } from 'standardwebhooks'
import { messageOf } from './message.ts'
import { createTelegramChannel } from './telegram-channel.ts'
import { createWebhookChannel } from './webhook-channel.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwW2LaLaSw1Qo='
const TOKEN = '12345:a-token-for-tests'
const alert: Alert = {
  id: 'alr_1',
  rule: 'payment-failures',
  severity: 'critical',
  state: 'firing',
  labels: { currency: 'USD' },
  summary: '62 % failed',
  value: 62,
  count: 5,
  first_at: '2026-11-27T08:58:10.000Z',
  last_at: '2026-11-27T09:00:00.000Z',
  fired_at: '2026-11-27T08:59:00.000Z',
  acknowledged: null,
  resolved_at: null,
  silenced_by: null,
  version: 1,
}
const message = messageOf('n1', { notice: 'raised', alert }, '2026-11-27T08:59:00.000Z')

let server: ScriptedServer
beforeAll(async () => {
  server = await startScriptedServer()
})
afterAll(() => server.stop())

const telegram = (url = server.url, timeoutMs = 1_000) =>
  createTelegramChannel({ url, token: TOKEN, chatId: '-100', timeoutMs })
const webhook = (timeoutMs = 1_000) =>
  createWebhookChannel({ url: `${server.url}/alerts`, secret: SECRET, timeoutMs }, { now: () => Date.now() })

describe('Telegram', () => {
  it('is told by the Bot API, in plain text', async () => {
    server.script(json(200, { ok: true, result: {} }))
    expect(await telegram(`${server.url}/`).send(message)).toEqual({ error: null })
    const [request] = server.requests
    expect([request?.method, request?.url]).toEqual(['POST', `/bot${TOKEN}/sendMessage`])
    expect(JSON.parse(request?.body ?? '')).toEqual({
      chat_id: '-100',
      text: '[critical] payment-failures: 62 % failed\ncurrency USD\n5 since 2026-11-27T08:58:10.000Z, last 2026-11-27T09:00:00.000Z\nalr_1',
      link_preview_options: { is_disabled: true },
    })
  })

  it('says when it can be told again', async () => {
    server.script(json(429, { ok: false, description: 'Too Many Requests', parameters: { retry_after: 7 } }))
    expect(await telegram().send(message)).toEqual({
      error: 'Telegram answered 429: Too Many Requests',
      retryAfterMs: 7_000,
    })
  })

  it.each([
    [
      'an answer that repeats it',
      json(401, { ok: false, description: `no bot ${TOKEN}` }),
      'Telegram answered 401: no bot …',
    ],
    ['no answer', hang, 'no answer within 100 ms'],
    ['an answer that is something else', json(200, ['x']), 'Telegram answered 200'],
  ])('never has its token in an error: %s', async (_, step, error) => {
    server.script(step)
    expect(await telegram(server.url, 100).send(message)).toMatchObject({ error })
  })

  it('never has it in the error of an address that leads nowhere', async () => {
    const gone = await startScriptedServer()
    await gone.stop()
    const { error } = await telegram(gone.url).send(message)
    expect(error).toContain('ECONNREFUSED')
    expect(error).not.toContain(TOKEN)
  })
})

describe('the webhook', () => {
  it('is signed, and has the alert', async () => {
    server.script(json(204, {}))
    expect(await webhook().send(message)).toEqual({ error: null })
    const [request] = server.requests
    const { headers = {}, body = '' } = request ?? {}
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
      id: 'n1',
      type: 'alert.raised',
      data: { alert: { id: 'alr_1' } },
    })
    expect(request?.headers['webhook-id']).toBe('n1')
  })

  it('says why it was not taken', async () => {
    server.script(json(503, {}, { 'retry-after': '3' }), json(302, {}, { location: '/elsewhere' }), hang)
    expect(await webhook().send(message)).toEqual({ error: 'the webhook answered 503', retryAfterMs: 3_000 })
    expect((await webhook().send(message)).error).toContain('redirect')
    expect(await webhook(100).send(message)).toEqual({ error: 'no answer within 100 ms' })
  })
})
