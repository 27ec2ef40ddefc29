import { describe, expect, it } from '@jest/globals'
import { metadataSchema, textSchema } from './text.ts'

/** One code point, two UTF-16 code units, four bytes of UTF-8. */
const CARD = '💳'

describe('text', () => {
  it('is measured in characters, not in the units that a store or a language has for them', () => {
    expect(textSchema(500).safeParse(CARD.repeat(500)).success).toBe(true)
    expect(textSchema(500).safeParse(CARD.repeat(501)).success).toBe(false)
    expect(metadataSchema.safeParse({ [CARD.repeat(40)]: CARD.repeat(500) }).success).toBe(true)
    expect(metadataSchema.safeParse({ [CARD.repeat(41)]: '' }).success).toBe(false)
    expect(metadataSchema.safeParse({ key: CARD.repeat(501) }).success).toBe(false)
  })

  it('is refused when a store on the way cannot hold it', () => {
    for (const text of ['', 'a\u0000b', '\ud800', 'a\udc00']) expect(textSchema(10).safeParse(text).success).toBe(false)
  })
})
