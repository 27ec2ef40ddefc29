import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatIdempotencyRecord, readIdempotencyRecord } from './idempotency-record.ts'

const common = {
  client: fc.integer({ min: 1, max: 2 ** 31 }),
  fingerprint: fc.stringMatching(/^[0-9a-f]{32}$/),
  created_at_ms: fc.integer({ min: 1, max: 2 ** 45 }),
  body: fc.dictionary(fc.string(), fc.string({ unit: 'binary' })).map((object) => JSON.stringify(object)),
}
const record = fc.oneof(
  fc.record({ ...common, accepted: fc.boolean() }),
  fc.record({ ...common, accepted: fc.constant(true), token: fc.stringMatching(/^1\.[0-9a-z.:]{1,80}$/) }),
)

describe('an idempotency record', () => {
  it('comes back as it was written, whatever the body holds', () => {
    fc.assert(
      fc.property(record, (written) => {
        expect(readIdempotencyRecord(formatIdempotencyRecord(written))).toEqual(written)
      }),
    )
  })

  it('is undefined for what is no record', () => {
    for (const value of [
      null,
      undefined,
      '',
      'a',
      '{}',
      'x|1|0|0|{}',
      `a|1|${'0'.repeat(32)}|5|[]`,
      `f|1|${'0'.repeat(32)}|5|{}`,
    ])
      expect(readIdempotencyRecord(value)).toBeUndefined()
  })
})
