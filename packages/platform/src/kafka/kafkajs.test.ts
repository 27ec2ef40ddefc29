import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

const require = createRequire(import.meta.url)
const load = (path: string): unknown => require(`kafkajs/src/${path}`)

type EncodeRecord = (record: object) => { readonly buffer: Buffer; size(): number }
type Sum = (bytes: Buffer) => number
type Group = (grouping: object) => Record<string, object[]>

/** kafkajs's own, loaded before they are replaced. */
const own = {
  encode: load('protocol/recordBatch/record/v0') as EncodeRecord,
  sum: load('protocol/recordBatch/crc32C') as Sum,
  group: load('producer/groupMessagesPerPartition') as Group,
}
const { encodeRecord } = await import('./record-encoder.ts')
await import('./kafkajs.ts')
const replaced = {
  encode: load('protocol/recordBatch/record/v0') as EncodeRecord,
  sum: load('protocol/recordBatch/crc32C') as Sum,
  group: load('producer/groupMessagesPerPartition') as Group,
}

const bytes = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map((part) => Buffer.from(part)),
)
const records = fc.record(
  {
    offsetDelta: fc.nat({ max: 1_000_000 }),
    timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.string({ maxLength: 20 }), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 })), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  },
  { requiredKeys: [] },
)

describe('kafkajs with its encoding replaced', () => {
  it('has been replaced', () => {
    expect(replaced.encode).toBe(encodeRecord)
    expect(replaced.encode).not.toBe(own.encode)
    expect(replaced.sum).not.toBe(own.sum)
    expect(replaced.group).not.toBe(own.group)
  })

  it('writes the same bytes of a record', () => {
    fc.assert(
      fc.property(records, (record) => {
        const encoded = replaced.encode(record)
        expect(encoded.buffer.equals(own.encode(record).buffer)).toBe(true)
        expect(encoded.size()).toBe(encoded.buffer.length)
      }),
    )
  })

  it('writes null for a header without a value, which kafkajs cannot', () => {
    const { buffer } = replaced.encode({ headers: { h: null } })
    expect(() => own.encode({ headers: { h: null } })).toThrow()
    expect([...buffer.subarray(-4)]).toEqual([2, 2, 'h'.charCodeAt(0), 1])
  })

  it('sums the same checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (part) => {
        const buffer = Buffer.from(part)
        expect(replaced.sum(buffer)).toBe(own.sum(buffer))
      }),
    )
  })

  it('groups the same messages by partition, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 11 })), fc.integer({ min: 0, max: 12 }), (partitions, count) => {
        const grouping = {
          topic: 't',
          partitionMetadata: Array.from({ length: count }, (_, partitionId) => ({ partitionId })),
          messages: partitions.map((partition, index) => ({ partition, index })),
          partitioner: ({ message }: { message: { partition: number } }) => message.partition,
        }
        expect(replaced.group(grouping)).toEqual(own.group(grouping))
      }),
    )
  })
})
