/** Changes of clients and keys, posted to a real ledger. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import pg from 'pg'
import { clientEventSchema, keyEventSchema, type AccessCommand, type Key, type Scope } from '@paycluster/contracts'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { endPool } from '@paycluster/testkit/end-pool'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'
import { toBatchCommands } from '../../payment-worker/src/posting/batch-command.ts'
import { BatchPoster } from '../../payment-worker/src/posting/post-batch.ts'
import { isConflict, type PostedBatch } from '../../payment-worker/src/posting/posted-batch.ts'
import { createPrimaryPool } from '../../payment-worker/src/posting/primary-pool.ts'
import { toEventMessage } from '../../payment-worker/src/publishing/events.ts'
import { toReplies } from '../../payment-worker/src/publishing/replies.ts'
import { writeOutcomes } from '../../payment-worker/src/publishing/written-outcome.ts'

const TOPIC = 'payment.commands'
const OPERATOR = 1
const ids = new IdCodec('a secret for tests, of 32 letters or more')
const logger = createLogger('test', 'fatal')

let db: TestPostgres
let owner: pg.Pool
let worker: pg.Pool
let poster: BatchPoster
let offset = 0

beforeAll(async () => {
  db = await startTestPostgres()
  owner = new pg.Pool({ connectionString: db.ownerUrl, max: 2 })
  worker = createPrimaryPool({ url: db.workerUrl, name: 'test-worker', durability: 'quorum', concurrency: 2, logger })
  poster = new BatchPoster(worker, ids)
}, 60_000)
afterAll(async () => {
  await Promise.all([owner, worker].map(endPool))
  await db.stop()
})
beforeEach(async () => {
  await owner.query(
    'TRUNCATE ledger_offsets, access_changes, api_keys, accounts, account_changes, account_balances, client_limits, client_terms, webhook_attempts, webhook_deliveries, webhook_endpoints, clients',
  )
  await owner.query(`INSERT INTO clients (id, name) VALUES (1, 'operator')`)
  await owner.query(
    `INSERT INTO api_keys (id, client_id, secret_hash, scopes, limit_tier) VALUES ('root', 1, $1, '{ops}', 'standard')`,
    [createHash('sha256').update('root').digest()],
  )
  offset = 0
})

/** `Omit` of a union keeps only what all of its members have. */
type Asked<T> = T extends unknown ? Omit<T, 'id' | 'asked_by' | 'client' | 'fingerprint' | 'created_at_ms'> : never
const command = (idempotencyKey: string, asked: Asked<AccessCommand>, fingerprint = '0'.repeat(32)): AccessCommand => ({
  ...asked,
  id: ids.derive('opr', OPERATOR, `${asked.type} ${idempotencyKey}`),
  asked_by: 'root',
  client: OPERATOR,
  fingerprint,
  created_at_ms: Date.now(),
  reply_to: 'reply:test',
})

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const makeKey = (key: string, owner: number, scopes: Scope[] = ['payments:read']): AccessCommand =>
  command(key, {
    type: 'key.create',
    key,
    owner,
    secret_hash: hash(key),
    scopes,
    limit_tier: 'high',
    signature_required: true,
    expires_at_ms: Date.UTC(2100, 0, 1),
  })
const rotate = (key: string, secret: string): AccessCommand =>
  command(secret, { type: 'key.rotate', key, secret_hash: hash(secret) })
const revoke = (key: string, reason?: string): AccessCommand =>
  command(key, { type: 'key.revoke', key, ...(reason === undefined ? {} : { reason }) })

/** Posts commands as the next piece of partition 0. */
async function post(...commands: AccessCommand[]): Promise<PostedBatch> {
  const range = { partition: 0, firstOffset: offset, nextOffset: offset + commands.length }
  const result = await poster.post({ topic: TOPIC, ranges: [range], commands: commands.flatMap(toBatchCommands) })
  if ('refused' in result) throw new Error('refused')
  offset = range.nextOffset
  return result
}

async function makeClient(name: string): Promise<number> {
  const { outcomes } = await post(command(name, { type: 'client.create', name }))
  const [outcome] = outcomes
  if (outcome?.type !== 'access') throw new Error('no client')
  return outcome.client
}

const problemsOf = ({ outcomes }: PostedBatch): (string | undefined)[] =>
  outcomes.map((outcome) => (outcome.type === 'refused' ? outcome.problem.code : undefined))

const eventsOf = (batch: PostedBatch): unknown[] =>
  writeOutcomes(batch)
    .flatMap((written) => toEventMessage(written, batch.position))
    .map(({ value }): unknown => JSON.parse(value))

const rowOf = async (key: string): Promise<Record<string, unknown> | undefined> =>
  (await owner.query<Record<string, unknown>>('SELECT * FROM api_keys WHERE id = $1', [key])).rows[0]

describe('clients and keys', () => {
  it('are made, rotated and revoked, each with its event and a record of who asked', async () => {
    const client = await makeClient('burger-bar')
    const made = await post(makeKey('a', client))
    const rotated = await post(rotate('a', 'second'))
    const revoked = await post(revoke('a', 'lost'))
    expect(await rowOf('a')).toMatchObject({
      client_id: client,
      secret_hash: Buffer.from(hash('second'), 'hex'),
      scopes: ['payments:read'],
      limit_tier: 'high',
      signature_required: true,
      version: 2,
      expires_at: new Date(Date.UTC(2100, 0, 1)),
      revoked_at: expect.any(Date),
    })
    const asked_by = { client_id: OPERATOR, key_id: 'root' }
    const seen = [made, rotated, revoked].flatMap(eventsOf).map((event) => keyEventSchema.parse(event))
    expect(seen.map(({ type, id, data }) => [type, id, data.key.status, data.key.version, data.reason])).toEqual([
      ['key.created', 'key_a.1', 'active', 1, undefined],
      ['key.rotated', 'key_a.2', 'active', 2, undefined],
      ['key.revoked', 'key_a.revoked', 'revoked', 2, 'lost'],
    ])
    for (const { data } of seen) expect(data.asked_by).toEqual(asked_by)
    const { rows } = await owner.query(
      `SELECT kind, client_id, key_id, key_version, reason, asked_by_client_id, asked_by_key_id FROM access_changes
       ORDER BY posted_at`,
    )
    const by = { client_id: client, asked_by_client_id: OPERATOR, asked_by_key_id: 'root' }
    expect(rows).toEqual([
      { ...by, kind: 'create_client', key_id: null, key_version: null, reason: null },
      { ...by, kind: 'create_key', key_id: 'a', key_version: 1, reason: null },
      { ...by, kind: 'rotate_key', key_id: 'a', key_version: 2, reason: null },
      { ...by, kind: 'revoke_key', key_id: 'a', key_version: 2, reason: 'lost' },
    ])
  })

  it('tell who made a secret its hash, and nobody else', async () => {
    const client = await makeClient('burger-bar')
    const batch = await post(makeKey('a', client))
    const [reply] = toReplies(batch.outcomes, writeOutcomes(batch)).get('reply:test') ?? []
    expect(JSON.parse(reply ?? '')).toMatchObject({ secret_hash: hash('a'), object: { id: 'a', version: 1 } })
    const told = JSON.stringify([eventsOf(batch), batch.outcomes.map((one) => one.type === 'access' && one.object)])
    expect(told).not.toContain(hash('a'))
    expect(told).not.toMatch(/hash|secret/)
  })

  it('go through all of it in one batch, and leave the last state', async () => {
    const client = await makeClient('burger-bar')
    await post(
      makeKey('a', client),
      rotate('a', 'second'),
      rotate('a', 'third'),
      revoke('a'),
      rotate('root', 'new root'),
    )
    expect(await rowOf('a')).toMatchObject({ version: 3, secret_hash: Buffer.from(hash('third'), 'hex') })
    expect((await rowOf('a'))?.revoked_at).toEqual(expect.any(Date))
    expect(await rowOf('root')).toMatchObject({ version: 2, secret_hash: Buffer.from(hash('new root'), 'hex') })
  })

  it('are changed once, however often a command comes, and say so with the same events', async () => {
    const client = await makeClient('burger-bar')
    const commands = [makeKey('a', client), rotate('a', 'second'), revoke('a', 'lost')]
    const first = await post(...commands)
    const before = await rowOf('a')
    const again = await post(...commands)
    const withoutPosition = (events: unknown[]): unknown[] =>
      events.map((event) => {
        const { data, ...rest } = keyEventSchema.parse(event)
        return [rest, data.key, data.asked_by, data.reason]
      })
    expect(withoutPosition(eventsOf(again))).toEqual(withoutPosition(eventsOf(first)))
    expect(await rowOf('a')).toEqual(before)
    // The first secret is none any more: whoever made it is told nothing of it.
    expect(again.outcomes.map((one) => one.type === 'access' && one.secretHash)).toEqual([
      undefined,
      hash('second'),
      hash('second'),
    ])
    const client2 = await post(command('burger-bar', { type: 'client.create', name: 'other' }, '1'.repeat(32)))
    expect(client2.outcomes.map(isConflict)).toEqual([true])
    expect(client2.outcomes).toMatchObject([{ object: { id: client, name: 'burger-bar' } }])
    expect(eventsOf(client2).map((event) => clientEventSchema.parse(event).id)).toEqual([`client_${client}.1`])
  })

  it('are refused where they cannot be, and nothing changes', async () => {
    const client = await makeClient('burger-bar')
    await post(makeKey('a', client))
    const refused = await post(
      command('second', { type: 'client.create', name: 'burger-bar' }),
      makeKey('b', 4711),
      rotate('nowhere', 'x'),
      revoke('nowhere'),
      revoke('root'),
    )
    expect(problemsOf(refused)).toEqual(['client_name_taken', 'not_found', 'not_found', 'not_found', 'last_ops_key'])
    expect(eventsOf(refused)).toEqual([])
    await post(revoke('a'))
    const idle = await post(command('again', { type: 'key.revoke', key: 'a', reason: 'other' }))
    expect(problemsOf(idle)).toEqual([undefined])
    expect(eventsOf(idle)).toEqual([])
    expect((idle.outcomes[0] as unknown as { object: Key }).object.status).toBe('revoked')
  })

  it('keep one key that may operate the cluster, also when two workers hold the partition', async () => {
    await post(makeKey('second', OPERATOR, ['ops']))
    // Of the same piece of the log: one of the two does not know yet that it lost the partition.
    const range = { partition: 0, firstOffset: offset, nextOffset: offset + 1 }
    const one = (asked: AccessCommand) =>
      poster.post({ topic: TOPIC, ranges: [range], commands: toBatchCommands(asked) })
    const results = await Promise.all([one(revoke('root')), one(revoke('second'))])
    const problems = results.flatMap((result) => ('refused' in result ? ['refused'] : problemsOf(result)))
    expect(problems.toSorted()).toEqual(['last_ops_key', undefined])
  })
})
