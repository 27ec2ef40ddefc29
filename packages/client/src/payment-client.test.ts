import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  AuthenticationError,
  DeadlineError,
  IdempotencyKeyReusedError,
  NoAnswerError,
  NotFoundError,
  PaymentClient,
  RateLimitedError,
  ReplicaLagError,
  UnavailableError,
  UnexpectedAnswerError,
  ValidationError,
  type ApiError,
  type PaymentClientOptions,
} from './index.ts'
import {
  drop,
  hang,
  json,
  problem,
  startScriptedServer,
  type ScriptedServer,
  type Step,
} from '@paycluster/testkit/scripted-server'

let server: ScriptedServer
beforeAll(async () => {
  server = await startScriptedServer()
})
afterAll(() => server.stop())

const clientWith = (options: Partial<PaymentClientOptions> = {}): PaymentClient =>
  new PaymentClient({ url: server.url, apiKey: 'sk_test_a_b', retries: { baseMs: 1 }, ...options })

const [PAYER, PAYEE, PAYMENT] = ['acc_payer', 'acc_payee', 'pay_1']
const order = { source: PAYER, destination: PAYEE, amount: 1250, currency: 'USD' }
const payment = (status: string): Record<string, unknown> => ({ id: PAYMENT, status, ...order })
const token = (lsn: string, versions: string): Record<string, string> => ({
  'consistency-token': `1.1.${lsn}${versions}`,
})
const keys = (): unknown[] => server.requests.map(({ headers }) => headers['idempotency-key'])
const tokens = (): unknown[] => server.requests.map(({ headers }) => headers['consistency-token'])

describe('a payment', () => {
  it.each<[string, Step]>([
    ['the connection breaks after it was sent', drop],
    ['a part of the cluster is away', problem(503, 'unavailable', true, { 'retry-after': '0' })],
    ['the gateway lost the service', problem(502, 'bad_gateway', true)],
    ['there are too many requests', problem(429, 'rate_limited', true, { 'retry-after': '0' })],
    ['the same key is in flight', problem(409, 'idempotency_in_flight', true)],
    ['a proxy on the way fails', json(502, 'no JSON of ours')],
  ])('is sent again with the same key and body when %s', async (_, failure) => {
    server.script(failure, failure, json(202, payment('queued')))
    expect(await clientWith().payments.create(order)).toEqual(payment('queued'))
    expect(server.requests).toHaveLength(3)
    expect(keys()[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(keys()).size).toBe(1)
    expect(new Set(server.requests.map(({ body }) => body))).toEqual(new Set([JSON.stringify(order)]))
  })

  it('has a key of its own, or the one that was given', async () => {
    server.script(json(202, payment('queued')))
    const { payments } = clientWith()
    await payments.create(order)
    await payments.create(order)
    await payments.create(order, { idempotencyKey: 'order-1', waitS: 5 })
    expect(new Set(keys()).size).toBe(3)
    expect(server.requests[2]?.headers).toMatchObject({
      'idempotency-key': 'order-1',
      prefer: 'wait=5',
      authorization: 'Bearer sk_test_a_b',
      'content-type': 'application/json',
    })
  })

  it('is not sent again after an answer that would be the same', async () => {
    const refusals: [Step, new (...args: never[]) => ApiError][] = [
      [problem(401, 'unauthorized', false), AuthenticationError],
      [problem(404, 'not_found', false), NotFoundError],
      [problem(422, 'validation_failed', false), ValidationError],
      [problem(422, 'idempotency_key_reused', false), IdempotencyKeyReusedError],
    ]
    for (const [refusal, expected] of refusals) {
      server.script(refusal)
      const error = await clientWith()
        .payments.create(order)
        .catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(expected)
      expect(error).toMatchObject({ requestId: 'r-1', retryable: false, name: expected.name })
      expect(server.requests).toHaveLength(1)
    }
  })

  it('is given up after the last attempt, with its error', async () => {
    const failures: [Step, new (...args: never[]) => Error][] = [
      [problem(503, 'overloaded', true, { 'retry-after': '0' }), UnavailableError],
      [problem(503, 'replica_lag', true, { 'retry-after': '0' }), ReplicaLagError],
      [problem(429, 'rate_limited', true, { 'retry-after': '0' }), RateLimitedError],
      [drop, NoAnswerError],
      [json(504, 'a proxy'), UnexpectedAnswerError],
    ]
    for (const [failure, expected] of failures) {
      server.script(failure)
      const client = clientWith({ retries: { baseMs: 1, maxAttempts: 3 } })
      await expect(client.payments.create(order)).rejects.toBeInstanceOf(expected)
      expect(server.requests).toHaveLength(3)
    }
  })

  it('is not believed to be made by an answer that is none', async () => {
    server.script((_request, response) => response.writeHead(200).end('<html>welcome to this hotel</html>'))
    await expect(clientWith().payments.create(order)).rejects.toBeInstanceOf(UnexpectedAnswerError)
  })
})

describe('time', () => {
  it('is waited for as long as Retry-After asks', async () => {
    server.script(problem(503, 'overloaded', true, { 'retry-after': '1' }), json(202, payment('queued')))
    await clientWith().payments.create(order)
    const [first, second] = server.requests
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('is not waited for past the end of the call', async () => {
    server.script(problem(503, 'overloaded', true, { 'retry-after': '3600' }))
    const error = await clientWith({ timeoutMs: 5000 })
      .payments.create(order)
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(DeadlineError)
    expect((error as Error).cause).toBeInstanceOf(UnavailableError)
    expect(server.requests).toHaveLength(1)
  })

  it('ends an attempt that hangs, and the next one is answered', async () => {
    server.script(hang, json(202, payment('queued')))
    await clientWith({ attemptTimeoutMs: 100 }).payments.create(order)
    expect(new Set(keys()).size).toBe(1)
    expect(server.requests).toHaveLength(2)
  })

  it('ends a call that hangs', async () => {
    server.script(hang)
    await expect(clientWith().payments.create(order, { timeoutMs: 100 })).rejects.toBeInstanceOf(DeadlineError)
  })

  it('ends when the caller has lost interest, with its reason: in an attempt, and between two', async () => {
    const reason = new Error('the user left')
    for (const step of [hang, problem(503, 'overloaded', true, { 'retry-after': '60' })]) {
      const left = new AbortController()
      server.script((request, response) => {
        step(request, response)
        setImmediate(() => {
          left.abort(reason)
        })
      })
      const { payments } = clientWith({ timeoutMs: 100_000 })
      await expect(payments.create(order, { signal: left.signal })).rejects.toBe(reason)
      expect(server.requests).toHaveLength(1)
    }
  })
})

describe('what was seen', () => {
  it('is demanded of the next read of the same accounts and payment, and of no other', async () => {
    const client = clientWith()
    server.script(json(201, payment('succeeded'), token('a', '.payer:7.payee:9')))
    await client.payments.create(order)
    server.script(json(200, {}))
    for (const id of [PAYER, PAYEE]) await client.accounts.balance(id)
    await client.payments.get(PAYMENT)
    await client.accounts.get('acc_other')
    const seen = '1.1.a.payer:7.payee:9'
    expect(tokens()).toEqual([seen, seen, seen, undefined])
  })

  it('is merged: a later answer with less takes nothing back', async () => {
    const client = clientWith()
    server.script(
      json(200, { account_id: PAYER }, token('a', '.payer:7')),
      json(200, { account_id: PAYER }, token('b', '.payer:6')),
      json(200, { account_id: PAYER }),
    )
    for (let read = 0; read < 3; read++) await client.accounts.balance(PAYER)
    expect(tokens()).toEqual([undefined, '1.1.a.payer:7', '1.1.b.payer:7'])
  })

  it('is of one client alone', async () => {
    server.script(json(200, { account_id: PAYER }, token('a', '.payer:7')))
    await clientWith().accounts.balance(PAYER)
    await clientWith().accounts.balance(PAYER)
    expect(tokens()).toEqual([undefined, undefined])
  })
})

describe('waiting for a payment', () => {
  it('asks until it is final, and its accounts are read as of then', async () => {
    const client = clientWith()
    const short = json(200, { id: PAYMENT, status: 'queued', version: 0 })
    server.script(short, drop, short, json(200, payment('failed'), token('c', '.payer:8')), json(200, {}))
    expect(await client.payments.waitForFinal(PAYMENT)).toEqual(payment('failed'))
    await client.accounts.balance(PAYER)
    expect(server.requests.map(({ url }) => url)).toEqual([
      ...Array<string>(4).fill(`/v1/payments/${PAYMENT}`),
      `/v1/accounts/${PAYER}/balance`,
    ])
    expect(tokens().at(-1)).toBe('1.1.c.payer:8')
  })

  it('ends in time', async () => {
    server.script(json(200, payment('queued')))
    const { payments } = clientWith()
    await expect(payments.waitForFinal(PAYMENT, { timeoutMs: 300 })).rejects.toBeInstanceOf(DeadlineError)
    expect(server.requests.length).toBeGreaterThan(1)
  })
})

describe('a list', () => {
  it('is one sequence, whose pages are asked for as they are wanted', async () => {
    const page = (seqs: number[], next_cursor: string | null): Step =>
      json(200, { data: seqs.map((seq) => ({ seq })), next_cursor })
    const script = (): void => {
      server.script(page([4, 3], 'c1'), page([], 'c2'), page([2, 1], null))
    }
    script()
    const filter = { direction: 'in', from: '2026-11-27T00:00:00Z', limit: 2 } as const
    const seqs: number[] = []
    for await (const { seq } of clientWith().accounts.entries(PAYER, filter)) seqs.push(seq)
    expect(seqs).toEqual([4, 3, 2, 1])
    expect(server.requests.map(({ url }) => url.split('?')[1])).toEqual([
      'direction=in&from=2026-11-27T00%3A00%3A00Z&limit=2',
      'limit=2&cursor=c1',
      'limit=2&cursor=c2',
    ])
    script()
    for await (const { seq } of clientWith().accounts.entries(PAYER)) if (seq === 3) break
    expect(server.requests).toHaveLength(1)
  })
})
