import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { murmur2, toPartition } from './partitioner.ts'

describe('the partition of a key', () => {
  it('is what Java’s client computes', () => {
    // From org.apache.kafka.common.utils.UtilsTest#testMurmur2.
    expect(murmur2(Buffer.from('21'))).toBe(-973932308)
    expect(murmur2(Buffer.from('foobar'))).toBe(-790332482)
    expect(murmur2(Buffer.from('a-little-bit-long-string'))).toBe(-985981536)
    expect(murmur2(Buffer.from('lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8'))).toBe(-58897971)
  })

  it('is what kafkajs computes, for keys of every length', () => {
    const theirs = Partitioners.DefaultPartitioner()
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
      partitionErrorCode: 0,
      partitionId,
      leader: 1,
      replicas: [1],
      isr: [1],
    }))
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        const key = Buffer.from(bytes)
        expect(toPartition(key, 12)).toBe(theirs({ topic: 't', partitionMetadata, message: { key, value: null } }))
      }),
    )
  })
})
