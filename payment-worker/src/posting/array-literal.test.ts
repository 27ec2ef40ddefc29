import { describe, expect, it } from '@jest/globals'
import { byteaArray, plainArray, textArray } from './array-literal.ts'

describe('an array literal', () => {
  it('quotes text, and nothing that needs no quotes', () => {
    expect(plainArray([1, 'a', null])).toBe('{1,a,NULL}')
    expect(textArray(['a"b', 'c\\d', 'NULL', '', null, '{,}'])).toBe('{"a\\"b","c\\\\d","NULL","",NULL,"{,}"}')
    expect(byteaArray(['00ff'])).toBe('{"\\\\x00ff"}')
  })
})
