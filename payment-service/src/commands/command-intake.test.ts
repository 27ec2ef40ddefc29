import { describe, expect, it } from '@jest/globals'
import { commandSchema, type Outcome } from '@paycluster/contracts'
import type { IdempotencyRecord } from '@paycluster/platform/idempotency/idempotency-record'
import type { OutgoingMessage } from '@paycluster/platform/kafka/topic-connection'
import { ProblemError } from '@paycluster/platform/problem-error'
import { Registry } from 'prom-client'
import { OutcomeWaiters } from '../outcomes/outcome-waiters.ts'
import { takeCommand, type Acceptance, type CommandIntake } from './command-intake.ts'
import { IntakeMetrics } from './intake-metrics.ts'

const NOW_MS = Date.parse('2026-11-27T00:00:00.000Z')
const ID = `pay_${'0'.repeat(38)}`
const ACCOUNT = `acc_${'1'.repeat(38)}`
/** Fingerprints of two bodies. */
const BODY = 'a'.repeat(32)
const OTHER_BODY = 'b'.repeat(32)
const unavailable = new ProblemError('unavailable', 'away')

/** An intake over a Kafka, a Redis and a worker that the test plays. */
function setUp(worker?: (message: OutgoingMessage) => Partial<Outcome> | undefined) {
  const sent: OutgoingMessage[] = []
  const records = new Map<string, IdempotencyRecord>()
  const waiters = new OutcomeWaiters(1)
  const kafka: { error?: ProblemError } = {}
  const replies = { name: 'reply:payment-service-1', isListening: true }
  const clock = { nowMs: NOW_MS, now: () => clock.nowMs }
  const intake: CommandIntake = {
    producer: {
      send: (message) => {
        sent.push(message)
        const outcome = worker?.(message)
        if (outcome !== undefined)
          waiters.deliver({
            id: ID,
            object: { id: ID, status: 'succeeded' },
            token: 't',
            fingerprint: BODY,
            ...outcome,
          })
        return kafka.error === undefined ? Promise.resolve() : Promise.reject(kafka.error)
      },
    },
    keys: {
      claim: (id, record) => {
        const earlier = records.get(id)
        if (earlier === undefined) records.set(id, record)
        return Promise.resolve(earlier)
      },
      find: (id) => Promise.resolve(records.get(id)),
      update: (id, record) => {
        records.set(id, record)
      },
    },
    replies,
    waiters,
    clock,
    metrics: new IntakeMetrics(new Registry(), () => waiters.size),
  }
  return { intake, sent, records, waiters, kafka, replies, clock }
}

const acceptance = (changes: Partial<Acceptance> = {}, fingerprint = BODY): Acceptance => {
  const body = { source: ACCOUNT, destination: ACCOUNT, amount: 1, currency: 'USD' }
  return {
    command: { type: 'payment.create', id: ID, ...body, client: 7, fingerprint },
    partitionKey: ACCOUNT,
    hasKey: true,
    queuedBody: (createdAt) => JSON.stringify({ id: ID, created_at: createdAt }),
    location: `/v1/payments/${ID}`,
    waitS: 0,
    context: { 'x-request-id': 'r1' },
    ...changes,
  }
}

describe('a command', () => {
  it('is 202 once Kafka has it, with its place and the time at which it was accepted', async () => {
    const { intake, sent, records } = setUp()
    expect(await takeCommand(intake, acceptance())).toEqual({
      status: 202,
      body: `{"id":"${ID}","created_at":"2026-11-27T00:00:00.000Z"}`,
      headers: { location: `/v1/payments/${ID}` },
    })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ key: ACCOUNT, headers: { 'x-request-id': 'r1' } })
    expect(commandSchema.parse(JSON.parse(sent[0]?.value ?? ''))).toMatchObject({ id: ID, created_at_ms: NOW_MS })
    expect(records.get(ID)?.accepted).toBe(true)
  })

  it('is never 202 when Kafka does not have it', async () => {
    const { intake, kafka, records } = setUp()
    kafka.error = unavailable
    await expect(takeCommand(intake, acceptance())).rejects.toBe(unavailable)
    expect(records.get(ID)?.accepted).toBe(false)
  })
})

describe('a command that comes again', () => {
  it('gets the first answer, and is not handed to Kafka twice once that had it', async () => {
    const { intake, sent, clock } = setUp()
    const first = await takeCommand(intake, acceptance())
    clock.nowMs += 1000
    const again = await takeCommand(intake, acceptance())
    expect(again).toEqual({ ...first, headers: { ...first.headers, 'idempotent-replayed': 'true' } })
    expect(sent).toHaveLength(1)
  })

  it('is handed to Kafka again, with its first time, while nobody knows whether that had it', async () => {
    const { intake, sent, kafka, clock, records } = setUp()
    kafka.error = unavailable
    await expect(takeCommand(intake, acceptance())).rejects.toBe(unavailable)
    delete kafka.error
    clock.nowMs += 1000
    const again = await takeCommand(intake, acceptance())
    expect(again).toMatchObject({ status: 202, headers: { 'idempotent-replayed': 'true' } })
    expect(sent.map((message) => message.value)).toEqual([sent[0]?.value, sent[0]?.value])
    expect(records.get(ID)).toMatchObject({ accepted: true, created_at_ms: NOW_MS })
  })

  it('is refused with another body, and not handed to Kafka', async () => {
    const { intake, sent } = setUp()
    await takeCommand(intake, acceptance())
    await expect(takeCommand(intake, acceptance({}, OTHER_BODY))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    })
    expect(sent).toHaveLength(1)
  })

  it('knows nothing of keys when it has none', async () => {
    const { intake, records } = setUp()
    await takeCommand(intake, acceptance({ hasKey: false }))
    expect(records.size).toBe(0)
  })
})

describe('a command whose client waits', () => {
  it('is 201 with the final object and its consistency token', async () => {
    const { intake, sent, waiters } = setUp(() => ({}))
    expect(await takeCommand(intake, acceptance({ waitS: 5 }))).toEqual({
      status: 201,
      body: `{"id":"${ID}","status":"succeeded"}`,
      headers: { location: `/v1/payments/${ID}`, 'preference-applied': 'wait=5', 'consistency-token': 't' },
    })
    expect(JSON.parse(sent[0]?.value ?? '')).toMatchObject({ reply_to: 'reply:payment-service-1' })
    expect(waiters.size).toBe(0)
  })

  it('is handed to Kafka again when it comes again, because the worker answers what it reads', async () => {
    const { intake, sent } = setUp(() => ({}))
    await takeCommand(intake, acceptance())
    expect(await takeCommand(intake, acceptance({ waitS: 5 }))).toMatchObject({
      status: 201,
      headers: { 'idempotent-replayed': 'true' },
    })
    expect(sent).toHaveLength(2)
  })

  it('is refused when the ledger has its id with another body', async () => {
    const { intake, records } = setUp(() => ({ fingerprint: OTHER_BODY }))
    await expect(takeCommand(intake, acceptance({ waitS: 5 }))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    })
    expect(records.get(ID)?.token).toBeUndefined()
  })

  it('is judged by its own body, whoever else waits for the same id', async () => {
    const answered: Partial<Outcome>[] = [{ fingerprint: OTHER_BODY }]
    const { intake } = setUp(() => answered.shift())
    const refused = takeCommand(intake, acceptance({ waitS: 5, hasKey: false }))
    await expect(refused).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    answered.push({ fingerprint: OTHER_BODY })
    const right = takeCommand(intake, acceptance({ waitS: 5, hasKey: false }, OTHER_BODY))
    expect(await right).toMatchObject({ status: 201 })
  })

  it('is the same answer when it comes again, waiting or not, without Kafka', async () => {
    const { intake, sent } = setUp(() => ({}))
    const first = await takeCommand(intake, acceptance({ waitS: 5 }))
    for (const waitS of [0, 5]) {
      const { status, body, headers } = await takeCommand(intake, acceptance({ waitS }))
      expect({ status, body }).toEqual({ status: first.status, body: first.body })
      expect(headers).toMatchObject({ 'idempotent-replayed': 'true', 'consistency-token': 't' })
    }
    await expect(takeCommand(intake, acceptance({}, OTHER_BODY))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    })
    expect(sent).toHaveLength(1)
  })

  it('is 202 when the outcome does not come in time', async () => {
    const { intake, waiters } = setUp()
    const answer = await takeCommand(intake, acceptance({ waitS: 0.01 }))
    expect(answer).toMatchObject({ status: 202, headers: { 'preference-applied': 'wait=0.01' } })
    expect(waiters.size).toBe(0)
  })

  it('leaves no waiter behind when Kafka is away', async () => {
    const { intake, kafka, waiters } = setUp()
    kafka.error = unavailable
    await expect(takeCommand(intake, acceptance({ waitS: 5 }))).rejects.toBe(unavailable)
    expect(waiters.size).toBe(0)
  })

  it('does not wait when nobody would hear the answer, or as many wait as may', async () => {
    const { intake, replies, waiters, sent } = setUp()
    replies.isListening = false
    expect(await takeCommand(intake, acceptance({ waitS: 5 }))).not.toHaveProperty('headers.preference-applied')
    replies.isListening = true
    waiters.open('another')
    expect(await takeCommand(intake, acceptance({ waitS: 5 }))).not.toHaveProperty('headers.preference-applied')
    expect(sent.every((message) => !message.value.includes('reply_to'))).toBe(true)
  })
})
