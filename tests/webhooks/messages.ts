/** What is sent: to whom, how often, and how it is signed. */
import { describe, expect, it } from '@jest/globals'
import { PaymentClient, verifyWebhook } from '@paycluster/client'
import type { WebhookMessage } from '@paycluster/contracts'
import { databaseUrl } from '@paycluster/cluster/postgres/connection'
import { makeClient } from '@paycluster/testkit/make-client'
import { query } from '@paycluster/testkit/query'
import type { SeenRequest } from '@paycluster/testkit/scripted-server'
import { waitFor } from '@paycluster/testkit/wait-for'
import { ARRIVAL_MS, arrived, cluster, listen, made, messageOf, pay, receiver, shop, takes } from './stage.ts'

describe('webhooks', () => {
  it('arrive, and the SDK takes them for what they are', async () => {
    receiver.script(takes())
    const endpoint = await listen({ events: ['payment.succeeded'] })
    const paid = await pay(1234)
    const request = await arrived(paid.id)
    const headers = request.headers as Record<string, string>
    const message = (await verifyWebhook(endpoint.secret, headers, request.body)) as WebhookMessage
    expect(message).toMatchObject({
      id: `${paid.id}.1`,
      type: 'payment.succeeded',
      data: { payment: { id: paid.id, amount: 1234, status: 'succeeded' } },
    })
    // Both accounts are the demo client's.
    expect(message.data.accounts).toHaveLength(2)
    await expect(verifyWebhook(endpoint.secret, headers, request.body.replace('1234', '1235'))).rejects.toThrow(
      'no signature matches',
    )
    const delivery = await waitFor(
      'the delivery to be written down',
      async () => {
        const found = await shop.webhooks.delivery(headers['webhook-id'] ?? '')
        return found.state === 'delivered' ? found : undefined
      },
      { timeoutMs: ARRIVAL_MS },
    )
    expect(delivery).toMatchObject({
      endpoint_id: endpoint.id,
      body: request.body,
      attempts: 1,
      history: [{ number: 1, status: 204, address: '127.0.0.1', url: endpoint.url, error: null }],
    })
  })

  it('read back with their token what they told of', async () => {
    receiver.script(takes())
    await listen({ events: ['payment.succeeded'] })
    const paid = await pay()
    const { consistency_token: token, data } = messageOf(await arrived(paid.id))
    const own = data.accounts?.find(({ account_id }) => account_id === paid.source)
    const balance = await cluster.api.get(`/v1/accounts/${paid.source}/balance`, { 'consistency-token': token ?? '' })
    expect(balance.status).toBe(200)
    expect((balance.body as { version: number }).version).toBeGreaterThanOrEqual(own?.sequence ?? Infinity)
  })

  it('are of the types that were asked for, and of nobody else', async () => {
    receiver.script(takes())
    await listen({ events: ['payment.failed'], path: '/failed' })
    const stranger = await makeClient(cluster, 'Stranger')
    const other = new PaymentClient({ url: cluster.url, apiKey: stranger.apiKey })
    const foreign = await other.webhooks.create({ url: `${receiver.url}/foreign` })
    await listen({ path: '/all' })
    await pay()
    const failed = await pay(2 ** 52)
    expect(failed.status).toBe('failed')
    await waitFor('three messages', () => Promise.resolve(receiver.requests.length >= 3 ? true : undefined), {
      timeoutMs: ARRIVAL_MS,
    })
    const seen = receiver.requests.map((request) => `${request.url} ${messageOf(request).type}`)
    expect(seen.toSorted()).toEqual(['/all payment.failed', '/all payment.succeeded', '/failed payment.failed'])
    const [endpoint] = made
    await expect(other.webhooks.read(endpoint?.id ?? '')).rejects.toMatchObject({ code: 'not_found' })
    await expect(shop.webhooks.secret(foreign.id)).rejects.toMatchObject({ code: 'not_found' })
    await other.webhooks.delete(foreign.id)
  })

  it('tell both sides, and each of its own accounts alone', async () => {
    receiver.script(takes())
    const stranger = await makeClient(cluster, 'Payee')
    const payee = new PaymentClient({ url: cluster.url, apiKey: stranger.apiKey })
    const account = await payee.accounts.create({ kind: 'merchant', currency: 'USD' }, { waitS: 10 })
    await payee.webhooks.create({ url: `${receiver.url}/payee`, events: ['payment.succeeded'] })
    await listen({ path: '/payer', events: ['payment.succeeded'] })
    const source = cluster.demo.customers[3] ?? ''
    const { id } = await shop.payments.create(
      { source, destination: account.id, amount: 5, currency: 'USD' },
      { waitS: 10 },
    )
    await waitFor('both', () => Promise.resolve(receiver.requests.length >= 2 ? true : undefined), {
      timeoutMs: ARRIVAL_MS,
    })
    const told = Object.fromEntries(receiver.requests.map((request) => [request.url, messageOf(request)]))
    expect(told['/payee']?.data.accounts?.map(({ account_id }) => account_id)).toEqual([account.id])
    expect(told['/payer']?.data.accounts?.map(({ account_id }) => account_id)).toEqual([source])
    expect(told['/payer']?.id).toBe(`${id}.1`)
  })

  it('come again by the schedule until they are taken, as the same message', async () => {
    receiver.script(takes(500), (_request, response) => response.destroy(), takes(302), takes())
    const endpoint = await listen({ events: ['payment.succeeded'] })
    await pay()
    const [delivery] = await waitFor(
      'the delivery',
      async () => {
        const found = []
        for await (const one of shop.webhooks.deliveries(endpoint.id, { state: 'delivered' })) found.push(one)
        return found.length > 0 ? found : undefined
      },
      { timeoutMs: ARRIVAL_MS },
    )
    expect(delivery).toMatchObject({ attempts: 4, state: 'delivered' })
    const ids = new Set(receiver.requests.map(({ headers }) => headers['webhook-id']))
    expect([...ids]).toEqual([delivery?.id])
    const { history } = await shop.webhooks.delivery(delivery?.id ?? '')
    expect(history.map(({ status }) => status)).toEqual([204, 302, null, 500])
  })

  it('are given up in the end, and sent again by hand', async () => {
    receiver.script(takes(500))
    const endpoint = await listen({ events: ['payment.succeeded'] })
    await pay()
    const ended = (state: 'failed' | 'delivered') =>
      waitFor(
        `a delivery that is ${state}`,
        async () => {
          for await (const one of shop.webhooks.deliveries(endpoint.id, { state })) return one
          return undefined
        },
        { timeoutMs: ARRIVAL_MS },
      )
    const { id, attempts } = await ended('failed')
    expect(attempts).toBe(4)
    expect((await shop.webhooks.read(endpoint.id)).failing_since).not.toBeNull()
    receiver.script(takes())
    expect(await shop.webhooks.resend(id)).toMatchObject({ id, state: 'pending' })
    expect(await ended('delivered')).toMatchObject({ id, attempts: 5 })
    expect((await shop.webhooks.read(endpoint.id)).failing_since).toBeNull()
  })

  it('stop when the endpoint says so, and the client’s others are told', async () => {
    receiver.script((request, response) => response.writeHead(request.url === '/gone' ? 410 : 204).end())
    const gone = await listen({ path: '/gone', events: ['payment.succeeded'] })
    await listen({ path: '/other', events: ['webhook_endpoint.disabled'] })
    await pay()
    const notice = messageOf(await arrived('webhook_endpoint.disabled'))
    expect(notice.data).toMatchObject({
      webhook_endpoint: { id: gone.id, enabled: false, disabled: { reason: 'gone' } },
    })
    expect(await shop.webhooks.update(gone.id, { enabled: true })).toMatchObject({ enabled: true, disabled: null })
  })

  it('are signed by the old secret and the new one for a day', async () => {
    receiver.script(takes())
    const endpoint = await listen({ events: ['payment.succeeded'] })
    const rotated = await shop.webhooks.rotateSecret(endpoint.id)
    expect(rotated).toMatchObject({ version: 2, also_signed_by: [{ secret: endpoint.secret, version: 1 }] })
    expect(rotated.secret).not.toBe(endpoint.secret)
    const paid = await pay()
    const { headers, body } = await arrived(paid.id)
    for (const secret of [endpoint.secret, rotated.secret])
      await expect(verifyWebhook(secret, headers as Record<string, string>, body)).resolves.toBeDefined()
    await shop.webhooks.rotateSecret(endpoint.id)
    await shop.webhooks.rotateSecret(endpoint.id)
    await expect(shop.webhooks.rotateSecret(endpoint.id)).rejects.toMatchObject({ code: 'too_many_secrets' })
    expect(await shop.webhooks.secret(endpoint.id)).toMatchObject({ version: 4 })
  })

  it('wait for nobody: one that hangs delays no other', async () => {
    receiver.script((request, response) => {
      if (request.url !== '/hangs') response.writeHead(204).end()
    })
    await listen({ path: '/hangs', events: ['payment.succeeded'] })
    await listen({ path: '/fast', events: ['payment.succeeded'] })
    const payments = await Promise.all(Array.from({ length: 30 }, (_, n) => pay(1, n)))
    const fast = (): SeenRequest[] => receiver.requests.filter(({ url }) => url === '/fast')
    await waitFor('all of the fast one', () => Promise.resolve(fast().length >= 30 ? true : undefined), {
      timeoutMs: ARRIVAL_MS,
    })
    expect(new Set(fast().map((request) => messageOf(request).id))).toEqual(
      new Set(payments.map(({ id }) => `${id}.1`)),
    )
  })

  it('are all sent, whatever is killed, and each account’s sequence has no gap', async () => {
    receiver.script(takes())
    const endpoint = await listen({ events: ['payment.succeeded'] })
    const source = cluster.demo.customers[7] ?? ''
    const before = await shop.accounts.balance(source)
    const paid: string[] = []
    for (let round = 0; round < 4; round++) {
      const name = `event-services-${(round % 2) + 1}`
      const isReady = (): boolean => cluster.status().some(({ node, state }) => node === name && state === 'ready')
      await waitFor(`${name} to be ready`, isReady, { timeoutMs: ARRIVAL_MS })
      const killed = cluster.node(name).kill('SIGKILL')
      paid.push(...(await Promise.all(Array.from({ length: 10 }, () => pay(1, 7)))).map(({ id }) => id))
      await killed
    }
    const sequences = await waitFor(
      'every message',
      () => {
        const told = receiver.requests.flatMap((request) => messageOf(request).data.accounts ?? [])
        // Read again after the kill, what happened just before the endpoint was made may be told as well.
        const isNew = (account: { account_id: string; sequence: number }): boolean =>
          account.account_id === source && account.sequence > before.version
        const own = new Set(told.filter(isNew).map(({ sequence }) => sequence))
        return Promise.resolve(own.size >= paid.length ? [...own].sort((a, b) => a - b) : undefined)
      },
      { timeoutMs: 60_000 },
    )
    expect(sequences).toEqual(paid.map((_, n) => before.version + 1 + n))
    const [row] = await query<{ count: number }>(
      databaseUrl(cluster.secrets, 'monitor', cluster.settings.ports.primary),
      'SELECT count(*)::int AS count FROM webhook_deliveries d WHERE event_id = ANY ($1)',
      [paid.map((id) => `${id}.1`)],
    )
    expect([endpoint.enabled, row?.count]).toEqual([true, paid.length])
  }, 120_000)
})
