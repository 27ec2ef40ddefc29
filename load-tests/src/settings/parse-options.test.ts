import { describe, expect, it } from '@jest/globals'
import {
  parseCustomers,
  parseMeasuredTime,
  parseMerchants,
  parseMix,
  parseRate,
  parseThink,
  parseUrl,
  parseUsers,
} from './parse-options.ts'

describe('options', () => {
  it('are read', () => {
    expect(parseUsers('3000')).toBe(3000)
    expect(parseRate('8000')).toBe(8000)
    expect(parseMeasuredTime('2m')).toBe(120)
    expect(parseMeasuredTime('45')).toBe(45)
    expect(parseThink('650ms')).toBeCloseTo(0.65)
    expect(parseThink('0')).toBe(0)
    expect(parseMix('3:1:1:1')).toEqual({ balance: 3, payment: 1, statement: 1, pay: 1 })
    expect(parseCustomers('zipf:0.9')).toEqual({ kind: 'zipf', exponent: 0.9 })
    expect(parseCustomers('zipf')).toEqual({ kind: 'zipf', exponent: 1 })
    expect(parseMerchants('80:5')).toEqual({ traffic: 0.8, merchants: 0.05 })
    expect(parseUrl('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080')
  })

  it.each([
    ['--users', () => parseUsers('0')],
    ['--users', () => parseUsers('3e3')],
    ['--rate', () => parseRate('0.5')],
    ['--duration', () => parseMeasuredTime('soon')],
    ['--duration', () => parseMeasuredTime('0')],
    ['--think', () => parseThink('-1')],
    ['--mix', () => parseMix('5:1')],
    ['--mix', () => parseMix('0:0:0:0')],
    ['--mix', () => parseMix('1:1:1:101')],
    ['--customers', () => parseCustomers('normal')],
    ['--customers', () => parseCustomers('zipf:0')],
    ['--merchants', () => parseMerchants('80')],
    ['--merchants', () => parseMerchants('101:5')],
    ['--url', () => parseUrl('localhost')],
    ['--url', () => parseUrl('ftp://host')],
  ])('%s is refused by name when it cannot be read', (option, parse) => {
    expect(parse).toThrow(option)
  })
})
