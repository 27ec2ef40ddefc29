/** What could not be done: it is kept, shown, tried again, and given up; once each, by whoever may, and on record. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs'
import {
  COMMANDS_TOPIC,
  deadLetterEventSchema,
  deadLetterSchema,
  EVENTS_TOPIC,
  fullDeadLetterSchema,
  type DeadLetter,
  type FullDeadLetter,
} from '@paycluster/contracts'
import { IdCodec, idToUuid } from '@paycluster/platform/ids/id-codec'
import { ApiClient, type ApiAnswer } from '@paycluster/testkit/api-client'
import { brokenInvariants } from '@paycluster/testkit/broken-invariants'
import { environmentOf, startCommand, type Ended } from '@paycluster/testkit/cluster-command'
import { readTopics } from '@paycluster/testkit/everything-written'
import { CLUSTER_START_MS } from '@paycluster/testkit/test-cluster'
import { waitFor } from '@paycluster/testkit/wait-for'
import { BankStage, FAST } from '../banks/bank-stage.ts'

const TEST_MS = 60_000
const PARTITION = 5

let stage: BankStage
let ops: ApiClient
let producer: Producer
let ids: IdCodec

beforeAll(async () => {
  stage = await BankStage.start({ ...FAST, BANK_MAX_ATTEMPTS: '2' })
  const { cluster } = stage
  ops = new ApiClient(cluster.url, cluster.demo.opsKey)
  ids = new IdCodec(cluster.secrets.clusterSecret)
  const brokers = [`127.0.0.1:${String(cluster.settings.ports.kafka)}`]
  producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({ allowAutoTopicCreation: false })
  await producer.connect()
}, CLUSTER_START_MS)
afterAll(async () => {
  await producer.disconnect()
  await stage.stop()
}, CLUSTER_START_MS)

/** Puts a message into the log, and waits for the letter that it becomes. */
async function poison(message: Message): Promise<FullDeadLetter> {
  const [{ baseOffset } = {}] = await producer.send({
    topic: COMMANDS_TOPIC,
    messages: [{ partition: PARTITION, ...message }],
  })
  return letterThatIs(`command-${String(PARTITION)}-${String(baseOffset)}`, () => true)
}

async function letterThatIs(id: string, holds: (letter: FullDeadLetter) => boolean): Promise<FullDeadLetter> {
  return waitFor(`the letter ${id}`, async () => {
    const answer = await ops.get(`/v1/ops/dlq/${id}`)
    if (answer.status === 404) return undefined
    const letter = fullDeadLetterSchema.parse(answer.body)
    return holds(letter) ? letter : undefined
  })
}

const key = (): Record<string, string> => ({ 'idempotency-key': randomUUID() })
const replay = (id: string, body: object = {}, headers = key()): Promise<ApiAnswer> =>
  ops.post(`/v1/ops/dlq/${id}/replay`, body, headers)
const discard = (id: string, body: object = { reason: 'a test' }, headers = key()): Promise<ApiAnswer> =>
  ops.post(`/v1/ops/dlq/${id}/discard`, body, headers)
const refusal = ({ status, body }: ApiAnswer): [number, unknown] => [status, body.code]

async function list(query: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  let cursor = ''
  for (;;) {
    const { status, body } = await ops.get(`/v1/ops/dlq?limit=2${query}${cursor}`)
    expect(status).toBe(200)
    letters.push(...deadLetterSchema.array().parse(body.data))
    if (body.next_cursor === null) return letters
    cursor = `&cursor=${body.next_cursor as string}`
  }
}

describe('a message that is no command', () => {
  it(
    'is kept with its bytes, and tried again as often as somebody asks',
    async () => {
      const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x22])
      const letter = await poison({ key: 'some key', value: bytes })
      expect(letter).toMatchObject({
        kind: 'command',
        state: 'open',
        reason: 'the message is not JSON',
        attempts: 1,
        version: 1,
        partition: PARTITION,
        payload_bytes: bytes.length,
        payload_encoding: 'base64',
        payload: bytes.toString('base64'),
        key: Buffer.from('some key').toString('base64'),
        resolved_by: null,
      })
      const answer = await replay(letter.id, { reason: 'perhaps now' })
      expect(answer).toMatchObject({
        status: 201,
        body: { id: letter.id, state: 'replayed', attempts: 1, version: 2, resolution: 'perhaps now' },
      })
      const again = await letterThatIs(letter.id, ({ attempts }) => attempts === 2)
      expect(again).toMatchObject({ state: 'open', version: 3, resolved_at: null, resolved_by: null, resolution: null })
      expect(again.first_at).toBe(letter.first_at)
      expect(again.payload).toBe(letter.payload)
      expect((await discard(letter.id)).body).toMatchObject({ state: 'discarded', version: 4, attempts: 2 })
    },
    TEST_MS,
  )

  it(
    'quotes what PostgreSQL cannot hold',
    async () => {
      const letter = await poison({ value: JSON.stringify({ type: 'payment.create', '\u0000': '\ud800' }) })
      expect(letter).toMatchObject({ payload_encoding: 'utf8', key: null, reason: expect.stringContaining('fits no') })
    },
    TEST_MS,
  )

  it(
    'is as large as the log takes it: shown, and not sent again, with what names it, for ever',
    async () => {
      const { id, payload } = await poison({ key: 'k', value: 'x'.repeat(1_048_400) })
      expect(payload).toHaveLength(1_048_400)
      expect(refusal(await replay(id))).toEqual([413, 'payload_too_large'])
      expect((await discard(id)).status).toBe(201)
      const largest = await poison({ key: 'k', value: 'x'.repeat(999_999) })
      expect((await replay(largest.id)).status).toBe(201)
      await letterThatIs(largest.id, ({ attempts }) => attempts === 2)
      expect((await discard(largest.id)).status).toBe(201)
    },
    TEST_MS,
  )

  it(
    'is replayed once by ten who ask at once, and answered the same under one key',
    async () => {
      const { id } = await poison({ value: 'not JSON' })
      const one = key()
      const same = await Promise.all(Array.from({ length: 5 }, () => discard(id, { reason: 'mine' }, one)))
      const others = await Promise.all(Array.from({ length: 5 }, () => replay(id)))
      expect(new Set(same.map(({ status, text }) => `${String(status)} ${text}`)).size).toBe(1)
      expect(same[0]).toMatchObject({ status: 201, body: { state: 'discarded', resolution: 'mine' } })
      expect(others.map(refusal)).toEqual(others.map(() => [409, 'dead_letter_closed']))
      expect(refusal(await discard(id, { reason: 'another' }, one))).toEqual([422, 'idempotency_key_reused'])
    },
    TEST_MS,
  )
})

describe('a command that the ledger cannot hold', () => {
  it(
    'is posted once its cause is gone',
    async () => {
      const before = await ops.post('/v1/ops/clients', { name: randomUUID() }, key())
      const client = Number(before.body.id) + 1
      const account = ids.random('acc', client)
      const command = {
        type: 'account.create',
        id: account,
        kind: 'customer',
        currency: 'USD',
        client,
        fingerprint: '0'.repeat(32),
        created_at_ms: Date.now(),
      }
      const letter = await poison({ key: account, value: JSON.stringify(command) })
      expect(letter).toMatchObject({
        reason: expect.stringContaining('accounts_client_id_fkey'),
        payload_encoding: 'utf8',
      })
      expect(JSON.parse(letter.payload)).toEqual(command)
      const made = await ops.post('/v1/ops/clients', { name: randomUUID() }, key())
      expect(made.body.id).toBe(client)
      expect((await replay(letter.id)).body).toMatchObject({ state: 'replayed' })
      const issued = await ops.post('/v1/ops/keys', { client_id: client, scopes: ['payments:read'] }, key())
      const owner = new ApiClient(stage.cluster.url, String(issued.body.api_key))
      await waitFor('the account', async () => (await owner.get(`/v1/accounts/${account}`)).status === 200)
      expect(await letterThatIs(letter.id, () => true)).toMatchObject({ state: 'replayed', attempts: 1 })
    },
    TEST_MS,
  )
})

describe('a bank task whose attempts are used up', () => {
  const letterOf = (payment: string): string => `task-${idToUuid(payment).replaceAll('-', '')}`

  /** A withdrawal of 500, and 2 % on top, until the bank has failed it often enough. */
  async function exhausted(): Promise<{ id: string; letter: FullDeadLetter }> {
    await stage.mode({ failure: { kind: 'http_500' } })
    const asked = await stage.ask('withdrawals', 500, { bank_reference: 'rent' })
    const id = String(asked.body.id)
    const letter = await letterThatIs(letterOf(id), ({ state }) => state === 'open')
    await stage.calm()
    return { id, letter }
  }

  it(
    'is taken up again, and done once',
    async () => {
      const before = await stage.balance()
      const { id, letter } = await exhausted()
      expect(letter).toMatchObject({ kind: 'bank_task', payment_id: id, attempts: 2, partition: null, offset: null })
      expect(JSON.parse(letter.payload)).toEqual({
        rail: 'withdrawal',
        amount: 500,
        currency: 'USD',
        bank: { reference: 'rent' },
      })
      expect((await stage.payment(id)).status).toBe('processing')
      expect((await replay(letter.id)).body).toMatchObject({ state: 'replayed', payment_id: id })
      expect(await stage.final(id)).toMatchObject({ status: 'succeeded' })
      expect(await stage.bankOperation(id)).toMatchObject({ status: 'settled', amount: 500 })
      expect(await stage.balance()).toMatchObject({ posted: before.posted - 510, pending_out: before.pending_out })
    },
    TEST_MS,
  )

  it(
    'is open again when the bank still does not answer',
    async () => {
      const { id, letter } = await exhausted()
      await stage.mode({ failure: { kind: 'http_500' } })
      expect((await replay(letter.id)).status).toBe(201)
      const again = await letterThatIs(letter.id, ({ version }) => version === 3)
      expect(again).toMatchObject({ state: 'open', attempts: 4 })
      await stage.calm()
      expect((await replay(letter.id)).status).toBe(201)
      expect(await stage.final(id)).toMatchObject({ status: 'succeeded' })
    },
    TEST_MS,
  )

  it(
    'is given up only by who knows that the money has not moved; then it fails, and what it held is free',
    async () => {
      const before = await stage.balance()
      const { id, letter } = await exhausted()
      expect(refusal(await discard(letter.id))).toEqual([422, 'validation_failed'])
      expect(await stage.balance()).toMatchObject({ pending_out: before.pending_out + 510 })
      const given = await discard(letter.id, { reason: 'asked by telephone', not_moved: true })
      expect(given.body).toMatchObject({ state: 'discarded', resolution: 'asked by telephone' })
      expect(await stage.final(id)).toMatchObject({ status: 'failed', failure: { code: 'bank_unavailable' } })
      expect(await stage.balance()).toMatchObject({ posted: before.posted, pending_out: before.pending_out })
      expect(await stage.bankOperation(id)).toBeUndefined()
      expect((await stage.timeline(id)).at(-1)).toMatchObject({
        event: 'decline',
        actor: 'operator',
        cause: 'given up by an operator',
      })
    },
    TEST_MS,
  )
})

describe('the list', () => {
  it('goes page by page, newest first, by kind and by state', async () => {
    const all = await list('')
    expect(all.map(({ first_at }) => first_at)).toEqual(
      all
        .map(({ first_at }) => first_at)
        .sort()
        .reverse(),
    )
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    const tasks = await list('&kind=bank_task')
    expect(tasks).toEqual(all.filter(({ kind }) => kind === 'bank_task'))
    expect(tasks.length).toBe(3)
    const open = await list('&state=open')
    expect(open).toEqual(all.filter(({ state }) => state === 'open'))
    expect(open.length).toBe(1)
    expect(JSON.stringify(all)).not.toContain('"payload":')
  })

  it.each([
    ['?state=lost', 400, 'invalid_parameter'],
    ['?color=red', 400, 'unknown_parameter'],
    ['?limit=0', 400, 'invalid_parameter'],
    ['?cursor=x', 400, 'invalid_cursor'],
    ['/command-1-999999', 404, 'not_found'],
    ['/nothing', 404, 'not_found'],
    ['/command-1-1?x=1', 400, 'unknown_parameter'],
  ])('%s is %d %s', async (query, status, code) => {
    expect(refusal(await ops.get(`/v1/ops/dlq${query}`))).toEqual([status, code])
  })

  it('is for operators alone', async () => {
    const { api } = stage.cluster
    for (const path of ['/v1/ops/dlq', '/v1/ops/dlq/command-1-1'])
      expect(refusal(await api.get(path))).toEqual([403, 'forbidden'])
    for (const act of ['replay', 'discard'])
      expect(refusal(await api.post(`/v1/ops/dlq/command-1-1/${act}`, {}, key()))).toEqual([403, 'forbidden'])
  })

  it.each([
    ['replay', { reason: '' }],
    ['replay', { why: 'x' }],
    ['discard', {}],
    ['discard', { reason: 'x', not_moved: false }],
  ])('%s with %j is refused', async (act, body) => {
    const [open] = await list('&state=open')
    expect(refusal(await ops.post(`/v1/ops/dlq/${String(open?.id)}/${act}`, body, key()))).toEqual([
      422,
      'validation_failed',
    ])
  })

  it('has nothing to change of what there is not', async () => {
    expect(refusal(await replay('command-1-999999'))).toEqual([404, 'not_found'])
    expect(refusal(await discard('nothing'))).toEqual([404, 'not_found'])
  })
})

describe('npm run ops -- dlq', () => {
  const run = (...args: string[]): Promise<Ended> => {
    const { layout, settings } = stage.cluster
    const env = environmentOf({ stateDir: layout.state, ports: settings.ports })
    return startCommand(['ops', 'dlq', ...args], env).ended
  }

  it(
    'lists, shows, replays and discards, one or all',
    async () => {
      const letters = [await poison({ value: 'one' }), await poison({ value: 'two' }), await poison({ value: 'three' })]
      const [first = '', second = ''] = letters.map(({ id }) => id)
      expect((await run('list', '--state', 'open')).output).toMatch(new RegExp(`^ID +STATE .*${second} +open`, 's'))
      expect((await run('show', first)).output).toContain('\none\n')
      const shown = await run('discard', '--all', '--kind', 'command', '--dry-run', '--reason', 'x')
      expect([shown.code, shown.output]).toEqual([0, expect.stringContaining(first)])
      expect((await list('&state=open')).length).toBe(4)
      expect(await run('replay', first, '--reason', 'try')).toMatchObject({
        code: 0,
        output: expect.stringMatching(new RegExp(`${first} +replayed`)),
      })
      await letterThatIs(first, ({ attempts }) => attempts === 2)
      const all = await run('discard', '--all', '--reason', 'tests', '--json')
      expect(all.code).toBe(0)
      expect(deadLetterSchema.array().parse(JSON.parse(all.output))).toHaveLength(4)
      expect(await list('&state=open')).toEqual([])
      expect(await run('discard', '--all', '--reason', 'tests', '--json')).toMatchObject({ code: 0, output: '[]\n' })
    },
    TEST_MS,
  )

  it.each<[string[], number, RegExp]>([
    [['replay'], 2, /by their ids, or --all/],
    [['replay', 'command-1-1', '--all'], 2, /by their ids, or --all/],
    [['replay', 'command-1-1', '--kind', 'command'], 2, /--kind goes with --all/],
    [['discard', 'command-1-1'], 2, /--reason/],
    [['list', '--state', 'lost'], 2, /open/],
    [['show', 'command-1-999999'], 1, /not_found/],
    [['replay', 'command-1-999999'], 1, /not_found/],
  ])('%j exits with %d', async (args, code, message) => {
    const ended = await run(...args)
    expect([ended.code, ended.output]).toEqual([code, expect.stringMatching(message)])
  })
})

describe('afterwards', () => {
  it('every decision has an event', async () => {
    const events = (await readTopics(stage.cluster, [EVENTS_TOPIC])).map((text) => JSON.parse(text) as { type: string })
    const letters = events
      .filter(({ type }) => type.startsWith('dead_letter.'))
      .map((e) => deadLetterEventSchema.parse(e))
    expect(new Set(letters.map(({ type }) => type))).toEqual(new Set(['dead_letter.replayed', 'dead_letter.discarded']))
    expect(new Set(letters.map(({ data }) => data.asked_by.key_id))).toEqual(new Set(['demoops']))
  }, 30_000)

  it('every invariant holds', async () => {
    expect(await brokenInvariants(stage.cluster)).toEqual([])
  }, 90_000)
})
