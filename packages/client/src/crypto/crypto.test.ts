import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { signatureProblem } from '@paycluster/platform/signature/request-signature'
import fc from 'fast-check'
import { signRequest } from './sign-request.ts'
import { verifyWebhook, WebhookError } from './verify-webhook.ts'

describe('the signature of a request', () => {
  it('is the one that the cluster takes, whatever the body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (body) => {
        const header = await signRequest('a secret', body, 1_764_201_600)
        expect(signatureProblem('a secret', header, Buffer.from(body), 1_764_201_600)).toBeUndefined()
      }),
    )
  })
})

describe('a webhook', () => {
  // The example of the specification's reference libraries.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const body = '{"test": 2432232314}'
  const at = { nowS: 1_614_265_330 }
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }
  const other = `whsec_${Buffer.from('another secret').toString('base64')}`

  it('is verified as the specification has it, and parsed', async () => {
    const id = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const key = Buffer.from(secret.slice(6), 'base64')
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(id).digest('base64')}`)
    expect(await verifyWebhook(secret, headers, body, at)).toEqual({ test: 2_432_232_314 })
    expect(await verifyWebhook(secret, new Headers(headers), body, at)).toEqual({ test: 2_432_232_314 })
  })

  it('may have several signatures, and the receiver several secrets, while they are rotated', async () => {
    const several = { ...headers, 'webhook-signature': `v1a,x v1,wrong ${headers['webhook-signature']}` }
    expect(await verifyWebhook([other, secret], several, body, at)).toBeDefined()
  })

  it.each<[string, Partial<typeof headers>, string, { nowS: number }, string]>([
    ['another body', {}, `${body} `, at, secret],
    ['another id', { 'webhook-id': 'msg_2' }, body, at, secret],
    ['another secret', {}, body, at, other],
    ['an empty secret', {}, body, at, 'whsec_'],
    ['a secret that is none', {}, body, at, 'whsec_*'],
    ['another version of signatures', { 'webhook-signature': headers['webhook-signature'].slice(3) }, body, at, secret],
    ['no signature', { 'webhook-signature': '' }, body, at, secret],
    ['no time', { 'webhook-timestamp': 'now' }, body, at, secret],
    ['a time long ago', {}, body, { nowS: at.nowS + 301 }, secret],
    ['a time to come', {}, body, { nowS: at.nowS - 301 }, secret],
  ])('with %s is refused', async (_, change, sent, now, withSecret) => {
    await expect(verifyWebhook(withSecret, { ...headers, ...change }, sent, now)).rejects.toBeInstanceOf(WebhookError)
  })
})
