/** `npm run ops`, as a person and a program use it, against a real cluster. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { clientSchema, issuedKeySchema, keySchema } from '@paycluster/contracts'
import { ApiClient } from '@paycluster/testkit/api-client'
import { environmentOf, startCommand, type Ended } from '@paycluster/testkit/cluster-command'
import { cluster } from './stage.ts'

let env: NodeJS.ProcessEnv
beforeAll(() => {
  env = environmentOf({ stateDir: cluster.layout.state, ports: cluster.settings.ports })
})

const ops = (...args: string[]): Promise<Ended> => startCommand(['ops', ...args], env).ended

async function json(...args: string[]): Promise<unknown> {
  const { code, output } = await ops(...args, '--json')
  expect([code, code === 0 ? '' : output]).toEqual([0, ''])
  return JSON.parse(output) as unknown
}

const makeClient = async () => clientSchema.parse(await json('clients', 'create', randomUUID()))

describe('npm run ops', () => {
  it('makes clients and keys, rotates and revokes them, for programs', async () => {
    const client = await makeClient()
    const clients = clientSchema.array().parse(await json('clients', 'list'))
    expect(clients[0]).toEqual(client)
    const owner = String(client.id)
    const options = ['--scopes', 'payments:read,ops', '--expires', '2099-01-01T00:00:00Z', '--signed', '--tier', 'high']
    const key = issuedKeySchema.parse(await json('keys', 'create', '--client', owner, ...options))
    expect(key).toMatchObject({
      client_id: client.id,
      scopes: ['payments:read', 'ops'],
      limit_tier: 'high',
      signature_required: true,
      expires_at: '2099-01-01T00:00:00.000Z',
    })
    expect((await new ApiClient(cluster.url, key.api_key ?? '').get('/v1/accounts')).status).toBe(200)
    const signed = ['--url', cluster.url, '--key', key.api_key ?? '', '--signing-secret', key.signing_secret ?? '']
    const rotated = issuedKeySchema.parse(await json('keys', 'rotate', key.id, ...signed))
    expect(rotated).toMatchObject({ id: key.id, version: 2 })
    const revoked = keySchema.parse(await json('keys', 'revoke', key.id, '--reason', 'a test'))
    expect(revoked.status).toBe('revoked')
    expect(await json('keys', 'list', '--client', owner)).toEqual([revoked])
  }, 60_000)

  it('sets the terms of clients, and tells them', async () => {
    const { id } = await makeClient()
    const client = String(id)
    const nothing = { deposit: null, withdrawal: null, card: null }
    expect(await json('clients', 'terms', client)).toEqual({
      client: id,
      commissions: nothing,
      limits: [],
      revision: 0,
    })
    const options = ['--card-bps', '120', '--per-day', 'USD=5000', '--per-day', 'EUR=7', '--per-payment', 'USD=100']
    const set = await json('clients', 'set-terms', client, ...options, '--reason', 'a test')
    const limits = [
      { currency: 'EUR', per_payment: null, per_day: 7 },
      { currency: 'USD', per_payment: 100, per_day: 5000 },
    ]
    expect(set).toEqual({ client: id, commissions: { ...nothing, card: 120 }, limits, revision: 1 })
    const { output } = await ops('clients', 'terms', client)
    expect(output).toMatch(/120 +EUR +no limit +7\n.*120 +USD +100 +5000\n/)
  }, 60_000)

  it('tells people what is worth knowing, as tables', async () => {
    const { id, name } = await makeClient()
    const made = await ops('keys', 'create', '--client', String(id), '--scopes', 'payments:read')
    expect(made.code).toBe(0)
    const [, apiKey = '', keyId = ''] = /API key +(sk_test_(\w+?)_\w+)/.exec(made.output) ?? []
    expect((await new ApiClient(cluster.url, apiKey).get('/v1/accounts')).status).toBe(200)
    expect(made.output).toMatch(/signing secret +[\w-]{43}/)
    expect(made.output).toContain('shown this once')
    expect((await ops('clients', 'list')).output).toMatch(new RegExp(`^ID +NAME +CREATED\n.*${name}`, 's'))
    const list = await ops('keys', 'list', '--client', String(id))
    expect(list.output).toMatch(
      new RegExp(`^ID +CLIENT +SCOPES .*\n${keyId} +${id} +payments:read +standard +no +active `),
    )
    expect(list.output).not.toContain(apiKey)
    const first = await ops('keys', 'list', '--limit', '1')
    expect(first.output.trim().split('\n')).toHaveLength(3)
    expect(first.output).toContain('there are more: --limit 10')
  }, 60_000)

  it.each<[string, string[], number, RegExp]>([
    [
      'nobody at the address',
      ['--url', 'http://127.0.0.1:2', '--key', 'k'.repeat(40), 'clients', 'list'],
      1,
      /ECONNREFUSED/,
    ],
    ['another cluster without a key', ['--url', 'http://127.0.0.1:2', 'clients', 'list'], 2, /--key or OPS_KEY/],
    ['an address that is none', ['--url', 'there', '--key', 'k', 'clients', 'list'], 2, /no URL/],
    ['an unknown scope', ['keys', 'create', '--client', '1', '--scopes', 'root'], 2, /no scope root/],
    ['an unknown tier', ['keys', 'create', '--client', '1', '--scopes', 'ops', '--tier', 'vast'], 2, /peak/],
    ['a client that is no number', ['keys', 'list', '--client', 'demo'], 2, /by its number/],
    ['no client', ['keys', 'create', '--scopes', 'ops'], 2, /--client/],
    ['terms of nobody', ['clients', 'terms', '2147483647'], 1, /no such client/],
    ['a limit without its currency', ['clients', 'set-terms', '1', '--per-day', '5', '--reason', 'r'], 2, /USD=1000/],
    ['terms without a reason', ['clients', 'set-terms', '1'], 2, /--reason/],
    ['a limit past all bounds', ['keys', 'list', '--limit', '10001'], 2, /1 to 10000/],
    ['a command that there is not', ['keys', 'burn'], 2, /burn|Usage/],
    [
      'an expiry in the past',
      ['keys', 'create', '--client', '1', '--scopes', 'ops', '--expires', '2020-01-01T00:00:00Z'],
      2,
      /expires_at/,
    ],
    ['a name that is taken', ['clients', 'create', 'demo'], 2, /client_name_taken/],
    ['a client that is not there', ['keys', 'create', '--client', '2000000000', '--scopes', 'ops'], 1, /not_found/],
    ['a key that is not there', ['keys', 'rotate', 'nowhere'], 1, /not_found/],
    ['the last key of an operator', ['keys', 'revoke', 'demoops'], 1, /last_ops_key/],
  ])(
    'says in a line that there is %s, and exits accordingly',
    async (_, args, code, message) => {
      const ended = await ops(...args)
      expect([ended.code, ended.output]).toEqual([code, expect.stringMatching(message)])
      expect(ended.output).not.toMatch(/ at .*\.[jt]s/)
      if (!ended.output.includes('Usage')) expect(ended.output.trim().split('\n')).toHaveLength(1)
    },
    30_000,
  )

  it('says what a key lacks, by option or by environment', async () => {
    const lacking = await ops('clients', 'list', '--key', cluster.demo.apiKey)
    expect([lacking.code, lacking.output]).toEqual([1, expect.stringContaining('the scope ops')])
    const args = ['ops', 'clients', 'list']
    const wrong = await startCommand(args, { ...env, OPS_URL: cluster.url, OPS_KEY: `${cluster.demo.opsKey}x` }).ended
    expect([wrong.code, wrong.output]).toEqual([1, expect.stringContaining('the key is not taken')])
    const right = await startCommand(args, { ...env, OPS_URL: cluster.url, OPS_KEY: cluster.demo.opsKey }).ended
    expect([right.code, right.output]).toEqual([0, expect.stringContaining('demo')])
  }, 30_000)

  it('shows its help without an error', async () => {
    expect(await ops('--help')).toMatchObject({ code: 0, output: expect.stringContaining('keys') })
    const without = await startCommand(['ops', 'keys', '--help'], env).ended
    expect(without).toMatchObject({ code: 0, output: expect.stringContaining('rotate') })
    expect(without.output).not.toContain(cluster.demo.opsKey)
  }, 30_000)
})
