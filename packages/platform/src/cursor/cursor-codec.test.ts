import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { CursorCodec } from './cursor-codec.ts'

const codec = new CursorCodec('a secret for tests, of 32 letters or more')
const position = z.object({ before: z.int() })
const filters = fc.dictionary(fc.constantFrom('from', 'to', 'reference', 'status'), fc.string())
const list = fc.record({ route: fc.constantFrom('payments', 'accounts'), client: fc.integer({ min: 1, max: 2 ** 31 }) })
const refused = { code: 'invalid_cursor' }

describe('a cursor', () => {
  it('comes back as it was written, whether its filters are repeated or left out', () => {
    fc.assert(
      fc.property(list, filters, fc.integer(), (scope, given, before) => {
        const text = codec.encode(scope, given, { before })
        expect(codec.decode(scope, text, given, position).position).toEqual({ before })
        expect({ ...codec.decode(scope, text, {}, position).filters }).toEqual({ ...given })
      }),
    )
  })

  it('is refused when any one character is changed', () => {
    const scope = { route: 'payments', client: 1 }
    const text = codec.encode(scope, { status: 'failed' }, { before: 7 })
    for (let at = 0; at < text.length; at++) {
      const altered = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
      expect(() => codec.decode(scope, altered, {}, position)).toThrow(expect.objectContaining(refused))
    }
  })

  it('is refused for another client, route or filters, and when it is none at all', () => {
    const scope = { route: 'payments', client: 1 }
    const text = codec.encode(scope, { status: 'failed' }, { before: 7 })
    const refuses = (where: typeof scope, cursor: string, given: Record<string, string> = {}) => {
      expect(() => codec.decode(where, cursor, given, position)).toThrow(expect.objectContaining(refused))
    }
    refuses({ ...scope, client: 2 }, text)
    refuses({ ...scope, route: 'accounts' }, text)
    refuses(scope, text, { status: 'succeeded' })
    refuses(scope, text, { status: 'failed', reference: 'x' })
    fc.assert(
      fc.property(fc.string(), (noise) => {
        refuses(scope, noise)
      }),
    )
  })

  it('of another version of the service is refused, not misread', () => {
    const scope = { route: 'payments', client: 1 }
    const text = codec.encode(scope, {}, { after: 7 })
    expect(() => codec.decode(scope, text, {}, position)).toThrow(expect.objectContaining(refused))
  })
})
