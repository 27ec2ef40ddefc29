import { describe, expect, it } from '@jest/globals'
import {
  formatIdempotencyRecord,
  idempotencyRecordKey,
  type IdempotencyRecord,
} from '@paycluster/platform/idempotency/idempotency-record'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { ProblemError } from '@paycluster/platform/problem-error'
import { IdempotencyRecords } from './idempotency-records.ts'
import { QueuedPayments } from './queued-payments.ts'

const [PAYER, PAYEE, STRANGER] = [1, 2, 3]
const ids = new IdCodec('a secret for tests, of 32 letters or more')
const id = ids.derive('pay', PAYER, 'order-1')
const destination = ids.random('acc', PAYEE)
const accepted = JSON.stringify({ id, status: 'queued', destination, amount: 5, version: 0 })
const bare = JSON.stringify({ id, status: 'queued', version: 0 })

/** Queued payments over a Redis that holds the record, holds none, or is away. */
function queuedPayments(record: Partial<IdempotencyRecord> | undefined, away?: 'known' | 'found out') {
  const values = new Map<string, string>()
  if (record !== undefined) {
    const whole = { client: PAYER, fingerprint: '0'.repeat(32), created_at_ms: 1, accepted: true, body: accepted }
    values.set(idempotencyRecordKey(id), formatIdempotencyRecord({ ...whole, ...record }))
  }
  const redis = { get: (key: string) => Promise.resolve(values.get(key) ?? null) }
  const run = <T>(command: () => Promise<T>): Promise<T> =>
    away === undefined ? command() : Promise.reject(new Error('no answer'))
  return new QueuedPayments(new IdempotencyRecords(redis, { isAway: away === 'known', run }), ids)
}

describe('a payment that is not in the ledger', () => {
  it.each([
    ['acknowledged by Kafka', { accepted: true }],
    ['handed to Kafka', { accepted: false }],
  ])('is what its payer was told, to payer and payee: %s', async (_, record) => {
    const queued = queuedPayments(record)
    expect(await queued.bodyFor(PAYER, id)).toBe(accepted)
    expect(await queued.bodyFor(PAYEE, id)).toBe(accepted)
    expect(await queued.bodyFor(STRANGER, id)).toBeUndefined()
  })

  it('is queued again when it was final and its primary was lost', async () => {
    const queued = queuedPayments({ body: accepted.replace('queued', 'succeeded'), token: '1.2.3' })
    expect(await queued.bodyFor(PAYER, id)).toBe(bare)
    expect(await queued.bodyFor(PAYEE, id)).toBe(bare)
    expect(await queued.bodyFor(STRANGER, id)).toBeUndefined()
  })

  it('is known by its id to the payer alone once its record is lost', async () => {
    const queued = queuedPayments(undefined)
    expect(await queued.bodyFor(PAYER, id)).toBe(bare)
    expect(await queued.bodyFor(PAYEE, id)).toBeUndefined()
  })

  it('has no payee that its record does not name', async () => {
    for (const body of ['{}', '{"destination":7}', '{"destination":"acc_x"}', JSON.stringify({ destination: id })])
      expect(await queuedPayments({ body }).bodyFor(PAYEE, id)).toBeUndefined()
  })

  it.each(['known', 'found out'] as const)(
    'is refused, not denied, to others while Redis is away: %s',
    async (away) => {
      const queued = queuedPayments({}, away)
      expect(await queued.bodyFor(PAYER, id)).toBe(bare)
      const refusal = await queued.bodyFor(PAYEE, id).catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(ProblemError)
      expect(refusal).toMatchObject({ code: 'unavailable', retryAfterS: 1 })
    },
  )
})
