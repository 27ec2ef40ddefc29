import { describe, expect, it } from '@jest/globals'
import { waitFor } from '@paycluster/testkit/wait-for'
import { ask, blockedAccounts, cluster, report, start, TIMEOUT_MS } from './stage.ts'

describe('a generator that is killed', () => {
  const blocking = { name: 'blocking', duration: '5m', rate: 6, mix: { block: 1 } }

  it(
    'stops its runs in order at SIGTERM: nothing is left blocked',
    async () => {
      const { id } = await start({ scenario: blocking })
      await waitFor('an account to be blocked', async () => (await blockedAccounts()) > 0, { timeoutMs: 20_000 })
      await cluster.node('traffic-generator').kill('SIGTERM')
      await waitFor('it to be back', async () => (await ask('GET', '/healthz')).status === 200, { timeoutMs: 60_000 })
      expect(await report(id)).toMatchObject({ state: 'stopped', left_blocked: [], unexpected: 0 })
      expect(await blockedAccounts()).toBe(0)
    },
    TIMEOUT_MS,
  )

  it(
    'unblocks at its next start what kill -9 has left, and knows the run',
    async () => {
      const { id } = await start({ scenario: blocking })
      await waitFor('an account to be blocked', async () => (await blockedAccounts()) > 0, { timeoutMs: 20_000 })
      await cluster.node('traffic-generator').kill('SIGKILL')
      await waitFor('it to be back', async () => (await ask('GET', '/healthz')).status === 200, { timeoutMs: 60_000 })
      expect(await report(id)).toMatchObject({ state: 'interrupted', in_flight: 0 })
      await waitFor('all to be unblocked', async () => (await blockedAccounts()) === 0, { timeoutMs: 30_000 })
    },
    TIMEOUT_MS,
  )
})
