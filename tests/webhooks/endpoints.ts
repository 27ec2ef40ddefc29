/** Where webhooks may lead, and who manages them. */
import { describe, expect, it } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import { makeClient } from '@paycluster/testkit/make-client'
import { cluster, listen, made, receiver, shop } from './stage.ts'

describe('an endpoint', () => {
  it.each([
    ['https://127.0.0.2/', 'loopback'],
    ['https://2130706434/', 'loopback'],
    ['https://0x7f.2/', 'loopback'],
    ['https://0177.0.0.2/', 'loopback'],
    ['https://10.1.2.3/', 'private'],
    ['https://172.16.0.1/', 'private'],
    ['https://192.168.0.1:8443/x', 'private'],
    ['https://169.254.169.254/latest/meta-data/', 'linkLocal'],
    ['https://100.64.0.1/', 'carrierGradeNat'],
    ['https://0.0.0.0/', 'unspecified'],
    ['https://255.255.255.255/', 'broadcast'],
    ['https://224.0.0.1/', 'multicast'],
    ['https://[::1]/', 'loopback'],
    ['https://[::]/', 'unspecified'],
    ['https://[::ffff:10.0.0.1]/', 'private'],
    ['https://[::ffff:7f00:2]/', 'loopback'],
    ['https://[64:ff9b::10.0.0.1]/', 'rfc6052'],
    ['https://[2002:7f00:1::]/', '6to4'],
    ['https://[fe80::1]/', 'linkLocal'],
    ['https://[fd00::1]/', 'uniqueLocal'],
    ['http://93.184.216.34/', 'only https'],
  ])('does not lead to %s', async (url, why) => {
    const refused = shop.webhooks.create({ url })
    await expect(refused).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/url', code: 'forbidden_address', detail: expect.stringContaining(why) }],
    })
  })

  it.each(['ftp://shop.example/', 'https://user:pw@shop.example/', 'https://shop.example/#x', 'shop.example', '', 7])(
    'has no address such as %s',
    async (url) => {
      const { status, body } = await cluster.api.post('/v1/webhook-endpoints', { url })
      expect([status, (body as { code: string }).code]).toEqual([422, 'validation_failed'])
    },
  )

  it('is made once by a key, and changed by what is named', async () => {
    const body = { url: `${receiver.url}/once`, events: ['payment.failed', 'payment.succeeded'] as const }
    const create = (more: object) =>
      shop.webhooks.create({ ...body, events: [...body.events], ...more }, { idempotencyKey: 'once' })
    const one = await create({})
    made.push(one)
    expect(await create({})).toEqual(one)
    await expect(create({ description: 'another' })).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    const changed = await shop.webhooks.update(one.id, { description: 'mine', events: null })
    expect(changed).toMatchObject({ description: 'mine', events: null, url: body.url, version: 2 })
    expect(await shop.webhooks.update(one.id, { enabled: false })).toMatchObject({
      enabled: false,
      disabled: { reason: 'client' },
    })
    await expect(shop.webhooks.update(one.id, {})).rejects.toMatchObject({ code: 'validation_failed' })
    const listed = []
    for await (const endpoint of shop.webhooks.list({ limit: 1 })) listed.push(endpoint.id)
    expect(listed).toContain(one.id)
    await shop.webhooks.delete(one.id)
    await expect(shop.webhooks.read(one.id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(create({})).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  })

  it('is one of sixteen at most, also when they are made at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => listen()))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(16)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'too_many_endpoints' })
  })

  it('is nobody’s without the scope, and nowhere past the gateway', async () => {
    const readOnly = await makeClient(cluster, 'Reader', ['payments:read'])
    const reader = new PaymentClient({ url: cluster.url, apiKey: readOnly.apiKey })
    await expect(reader.webhooks.create({ url: receiver.url })).rejects.toMatchObject({ code: 'forbidden' })
    for (const [path, status] of [
      ['/v1/webhook-endpoints/whe_x', 404],
      ['/v1/webhook-deliveries/whd_x', 404],
      ['/v1/webhook-endpoints?limit=0', 400],
      ['/v1/webhook-endpoints?x=1', 400],
      ['/v1/webhook-endpoints?cursor=x', 400],
    ] as const)
      expect([path, (await cluster.api.get(path)).status]).toEqual([path, status])
    const { status, headers } = await cluster.api.post('/v1/webhook-endpoints/x/secret', {})
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})
