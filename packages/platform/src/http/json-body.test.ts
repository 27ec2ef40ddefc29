import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseJson } from './json-body.ts'

const parse = (text: string): unknown => parseJson(Buffer.from(text))

describe('a JSON body', () => {
  it('is what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        // The one difference is the fraction that a double cannot tell from an integer.
        fc.pre(!text.includes('__proto__') && !/\d\.\d|e-/i.test(text))
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
    )
    const spelled =
      '{ "a" : 12.50, "b": [1.0, 1e3, 1.5e1, 120e-1, 0.0, -0.1e1, 1e400], "c": "x: 1.0000000000000000001" }'
    expect(parse(spelled)).toEqual(JSON.parse(spelled))
  })

  it.each([
    '9007199254740991.4',
    '12.0000000000000001',
    '1.0000000000000000001e1',
    '120000000000000000001e-19',
    '1e-400',
  ])('has no number for %s, which is not the integer that it would be rounded to', (literal) => {
    expect(parse(`{"amount":${literal}}`)).toEqual({ amount: NaN })
    expect(parse(`{"amount" :\n -${literal}}`)).toEqual({ amount: NaN })
    expect(parse(`[1,${literal}]`)).toEqual([1, NaN])
  })

  it('takes no time over a number of 64 KiB', () => {
    const startedAt = performance.now()
    for (const literal of [`1${'0'.repeat(65_000)}.1`, `1.${'0'.repeat(65_000)}1`, `1${'0'.repeat(65_000)}1e-64990`])
      parse(`{"amount":${literal}}`)
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })

  it.each(['{"__proto__":1}', '{"a":{"\\u005f_proto__":1}}', '{"a":', ''])('%j is none', (text) => {
    expect(() => parse(text)).toThrow(SyntaxError)
  })

  it.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xe2, 0x82]]])('in UTF-8 has no bytes %j', (bytes) => {
    expect(() => parseJson(Buffer.from([0x22, ...bytes, 0x22]))).toThrow(SyntaxError)
  })
})
