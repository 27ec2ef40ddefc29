/** `GET /v1/ops/cluster` and `ops cluster`. */
import { describe, expect, it } from '@jest/globals'
import { PaymentClient } from '@paycluster/client'
import { waitFor } from '@paycluster/testkit/wait-for'
import { ARRIVAL_MS, cluster, runOps, shop } from './stage.ts'

describe('the cluster’s state', () => {
  it('is what its processes say, for operators alone', async () => {
    const ops = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.opsKey })
    await expect(shop.cluster.state()).rejects.toMatchObject({ code: 'forbidden' })
    const whole = await waitFor('everything to be ready', async () => {
      const state = await ops.cluster.state()
      return state.processes.every(({ is_ready }) => is_ready) && state.groups?.every(({ lag }) => lag === 0)
        ? state
        : undefined
    })
    expect(whole.processes.map(({ name }) => name)).toEqual([
      'payment-service-1',
      'inquiry-service-1',
      'payment-worker-1',
      'event-services-1',
      'event-services-2',
    ])
    for (const { memory_bytes, cpu_seconds, started_at } of whole.processes)
      expect([(memory_bytes ?? 0) > 1e7, (cpu_seconds ?? 0) > 0, Date.parse(started_at ?? '') < Date.now()]).toEqual([
        true,
        true,
        true,
      ])
    expect(whole.nodes.map(({ name, role, is_up }) => [name, role, is_up])).toEqual([
      ['primary', 'primary', true],
      ['replica-1', 'replica', true],
    ])
    expect(whole.groups?.map(({ group, partitions }) => [group, partitions.length])).toEqual([
      ['payment-worker', 12],
      ['audit', 12],
      ['webhooks', 12],
      ['analytics', 12],
      ['alerts', 12],
    ])
    expect(whole.open_dead_letters).toBe(0)
    expect(whole.breakers).toContainEqual({ process: 'inquiry-service-1', name: 'redis', is_open: false })
  })

  it('says what is down, and what waits for it', async () => {
    const ops = new PaymentClient({ url: cluster.url, apiKey: cluster.demo.opsKey })
    await cluster.node('payment-worker-1').stop()
    const [source = '', destination = ''] = [cluster.demo.customers[1], cluster.demo.merchants[1]]
    for (let n = 0; n < 3; n++) await shop.payments.create({ source, destination, amount: 1, currency: 'USD' })
    const state = await waitFor('the queue', async () => {
      const now = await ops.cluster.state()
      return now.groups?.some(({ lag }) => lag === 3) === true ? now : undefined
    })
    const worker = state.processes.find(({ name }) => name === 'payment-worker-1')
    expect(worker).toMatchObject({ is_up: false, is_ready: false, memory_bytes: null })
    expect(await runOps('cluster')).toMatchObject({ code: 1, output: expect.stringMatching(/payment-worker-1 +down/) })
    await cluster.node('payment-worker-1').start()
    await waitFor('it to be well', async () => ((await runOps('cluster', '--json')).code === 0 ? true : undefined), {
      timeoutMs: ARRIVAL_MS,
    })
  }, 60_000)
})
