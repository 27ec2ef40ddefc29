import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decodeContent, encodeContent } from './batch-content.ts'

const records = fc.array(
  fc.record({
    partition: fc.integer({ min: 0, max: 255 }),
    offset: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  { minLength: 1, maxLength: 30 },
)

describe('the content of a batch', () => {
  it('comes back as it was, numbered', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 1, max: 1e9 }), async (all, firstSeq) => {
        const decoded = await decodeContent(await encodeContent(all), firstSeq)
        expect(decoded).toEqual(all.map((record, index) => ({ seq: firstSeq + index, ...record })))
      }),
    )
  })

  it('that is cut off is no content', async () => {
    const content = await encodeContent([{ partition: 1, offset: 2, body: Buffer.from('a body') }])
    await expect(decodeContent(content.subarray(0, -3), 1)).rejects.toThrow()
    const short = await promisify(zstdCompress)(Buffer.concat([Buffer.alloc(15), Buffer.from([9, 1])]))
    await expect(decodeContent(short, 1)).rejects.toThrow(RangeError)
    await expect(decodeContent(Buffer.from('nothing'), 1)).rejects.toThrow()
  })
})
