import { describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ForbiddenError, NotFoundError, PaymentClient, StateConflictError, ValidationError } from '@paycluster/client'
import { nodeProgram } from '@paycluster/cluster/nodes/node-program'
import { projectRoot } from '@paycluster/cluster/project-root'
import { cluster } from './stage.ts'

/** The client against a whole cluster. */
const customer = (number: number): string => cluster.demo.customers[number] ?? ''
const merchant = (): string => cluster.demo.merchants[0] ?? ''
const newClient = (apiKey = cluster.demo.apiKey): PaymentClient => new PaymentClient({ url: cluster.url, apiKey })

/** Looks at the balance, pays, waits, and reads balance and statement back. */
async function journey(number: number): Promise<void> {
  const client = newClient()
  const source = customer(number)
  const before = await client.accounts.balance(source)
  const order = { source, destination: merchant(), amount: 100 + number, currency: 'USD' }
  const accepted = await client.payments.create(order)
  const payment = await client.payments.waitForFinal(accepted.id)
  expect(payment).toMatchObject({ id: accepted.id, status: 'succeeded', failure: null })
  const after = await client.accounts.balance(source)
  expect([after.available, after.version]).toEqual([before.available - order.amount, before.version + 1])
  for await (const entry of client.accounts.entries(source)) {
    expect(entry).toMatchObject({ payment_id: payment.id, amount: -order.amount, balance_after: after.posted })
    break
  }
}

describe('the client', () => {
  it('makes whole journeys, each of which sees what it did', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, number) => journey(number)))
  }, 30_000)

  it('pays once each while payment-service is restarted', async () => {
    const client = newClient()
    const source = customer(20)
    const before = await client.accounts.balance(source)
    const service = cluster.node('payment-service-1')
    const restarted = service.stop().then(() => service.start())
    const accepted = await Promise.all(
      Array.from({ length: 10 }, () =>
        client.payments.create({ source, destination: merchant(), amount: 7, currency: 'USD' }, { waitS: 5 }),
      ),
    )
    await restarted
    for (const { id } of accepted) await client.payments.waitForFinal(id)
    expect((await client.accounts.balance(source)).available).toBe(before.available - 70)
  }, 60_000)

  it('holds, captures in part, refunds, and sees each of it at once', async () => {
    const client = newClient()
    const source = customer(21)
    const before = await client.accounts.balance(source)
    const order = { source, destination: merchant(), amount: 100, currency: 'USD', capture: 'manual' } as const
    const { id } = await client.payments.create(order, { waitS: 5 })
    expect(await client.accounts.balance(source)).toMatchObject({ pending_out: 100 })
    expect(await client.payments.capture(id, { amount: 60 })).toMatchObject({ status: 'succeeded', captured: 60 })
    await expect(client.payments.cancel(id)).rejects.toThrow(StateConflictError)
    const refund = await client.payments.refund(id, { amount: 10 })
    expect(refund).toMatchObject({ status: 'succeeded', amount: 10 })
    expect(await client.payments.get(id)).toMatchObject({ refunded: 10, version: 3 })
    expect(await client.payments.getRefund(refund.id)).toEqual(refund)
    const after = await client.accounts.balance(source)
    expect(after).toMatchObject({ posted: before.posted - 50, pending_out: 0, version: before.version + 3 })
    const events: string[] = []
    for await (const { event, status } of client.payments.timeline(id)) events.push(`${event} ${status ?? 'in vain'}`)
    expect(events).toEqual([
      'refund succeeded',
      'cancel in vain',
      'capture succeeded',
      'posted requires_capture',
      'accepted queued',
    ])
    expect(await client.accounts.balanceAt(source, before.as_of)).toMatchObject({ version: before.version })
    expect(await client.accounts.block(source, { reason: 'lost' })).toMatchObject({ status: 'blocked' })
    expect(await client.accounts.unblock(source, { reason: 'found' })).toMatchObject({ status: 'active' })
  }, 30_000)

  it('opens an account, finds it in the list page by page, and pays into it', async () => {
    const client = newClient()
    const account = await client.accounts.create({ kind: 'customer', currency: 'USD', external_id: 'of the client' })
    expect(account.status).toBe('active')
    const payment = { source: customer(0), destination: account.id, amount: 5, currency: 'USD' }
    expect((await client.payments.create(payment, { waitS: 10 })).status).toBe('succeeded')
    expect((await client.accounts.balance(account.id)).available).toBe(5)
    const listed = new Set<string>()
    for await (const { id } of client.accounts.list({ limit: 20 })) listed.add(id)
    expect(listed.size).toBeGreaterThanOrEqual(46)
    expect(listed.has(account.id)).toBe(true)
  }, 30_000)

  it('signs for a key that demands it, and has refusals as classes', async () => {
    const { signedApiKey, signingSecret, opsKey } = cluster.demo
    const payment = { source: customer(0), destination: merchant(), amount: 1, currency: 'USD', description: 'é ✓' }
    const signing = new PaymentClient({ url: cluster.url, apiKey: signedApiKey, signingSecret })
    expect((await signing.payments.create(payment, { waitS: 10 })).status).toBe('succeeded')
    const unknown = `acc_${'0'.repeat(38)}`
    await expect(newClient().accounts.balance(unknown)).rejects.toBeInstanceOf(NotFoundError)
    await expect(newClient(opsKey).payments.create(payment)).rejects.toBeInstanceOf(ForbiddenError)
    const refused = newClient().payments.create({ ...payment, amount: 0.5 })
    await expect(refused).rejects.toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/amount' }] })
    await expect(refused).rejects.toBeInstanceOf(ValidationError)
  })

  it('does what its README shows', () => {
    const readme = readFileSync(join(projectRoot, 'packages/client/README.md'), 'utf8')
    const [, example = ''] = /```js\n([^]*?)```/.exec(readme) ?? []
    const { stdout, stderr, status } = spawnSync(nodeProgram(), ['--conditions=source', '--input-type=module', '-'], {
      cwd: projectRoot,
      input: example,
      encoding: 'utf8',
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        GATEWAY: cluster.url,
        API_KEY: cluster.demo.apiKey,
        CUSTOMER: customer(30),
        MERCHANT: merchant(),
      },
    })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^succeeded undefined\n\d+ -1250 true\n$/)
  })
})
