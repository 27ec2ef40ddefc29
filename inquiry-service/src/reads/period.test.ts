import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { toInstant, toPeriod } from './period.ts'

describe('a period', () => {
  it('is written as the ledger writes times, whatever the offset', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(toInstant(date.toISOString())).toBe(date.toISOString())
        },
      ),
    )
    expect(toInstant('2026-11-21T01:00:00.0005+02:00')).toBe('2026-11-20T23:00:00.000Z')
  })

  it('stops at what PostgreSQL can read', () => {
    expect(toInstant('0000-01-01T00:00:00Z')).toBe('0001-01-01T00:00:00.000Z')
    expect(toInstant('9999-12-31T23:59:59-12:00')).toBe('9999-12-31T23:59:59.999Z')
  })

  it('is open where it has no bound', () => {
    expect(toPeriod({})).toEqual({ from: '-infinity', to: 'infinity' })
  })
})
