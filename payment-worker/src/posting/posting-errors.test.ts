import { describe, expect, it } from '@jest/globals'
import { DatabaseError } from 'pg'
import { classify, ContentionError } from './posting-errors.ts'

function databaseError(code: string, constraint?: string): DatabaseError {
  const error = new DatabaseError('message', 0, 'error')
  error.code = code
  error.constraint = constraint
  return error
}

describe('an error while posting', () => {
  it('is contention when another batch came between', () => {
    expect(classify(new ContentionError('x'))).toBe('contention')
    for (const code of ['40001', '40P01', '23505']) expect(classify(databaseError(code))).toBe('contention')
    expect(classify(databaseError('23514', 'available_funds'))).toBe('contention')
  })

  it('is poison only when a command’s own values can cause it', () => {
    expect(classify(new RangeError('x'))).toBe('poison')
    for (const code of ['22001', '22P02', '23503', '23514']) expect(classify(databaseError(code))).toBe('poison')
  })

  it('is an outage when every command would fail alike', () => {
    // A missing column, a missing table, no right, a full disk, a shutdown, a defect in the server, a lost connection.
    for (const code of ['42703', '42P01', '42501', '53100', '57P01', 'XX000'])
      expect(classify(databaseError(code))).toBe('outage')
    expect(classify(new Error('Connection terminated unexpectedly'))).toBe('outage')
  })
})
