/**
 * kafkajs 2.2.4, put right: its idle timer is stopped, and three of its internal functions are replaced. Nobody else loads
 * it (`.dependency-cruiser.js`).
 *
 * Encoding is the dearest part of producing with it: for each record it allocates an encoder of 512 bytes, one more for
 * each header, a buffer for each number, and twice the size whenever one is full; it copies a partition's list for each
 * message that it adds to it, and it sums the checksum byte by byte. A batch of 480 events took 33 µs of CPU a message
 * that way and takes 4 with these, on the same machine (docs/adr/0012-the-worker-in-a-backlog.md). The bytes are the same:
 * kafkajs.test.ts compares them.
 */
import { createRequire } from 'node:module'
import { crc32c } from '@node-rs/crc32'
import type * as kafkajs from 'kafkajs'
import { stopIdleTimers } from './kafkajs-idle-timer.ts'
import { encodeRecord } from './record-encoder.ts'

const require = createRequire(import.meta.url)

/** @throws TypeError when kafkajs has no such function any more, so that an update cannot pass unseen */
function replace(path: string, replacement: (...args: never[]) => unknown): void {
  const original: unknown = require(path)
  const module = require.cache[require.resolve(path)]
  if (typeof original !== 'function' || module === undefined)
    throw new TypeError(`kafkajs has changed: review kafkajs.ts (${path})`)
  module.exports = replacement
}

interface Grouping {
  readonly topic: string
  readonly partitionMetadata: readonly unknown[]
  readonly messages: readonly unknown[]
  readonly partitioner: (of: { topic: string; partitionMetadata: readonly unknown[]; message: unknown }) => number
}

/** Messages by their partition, each in their order. */
export function groupByPartition({ topic, partitionMetadata, messages, partitioner }: Grouping): object {
  const groups: Record<number, unknown[]> = {}
  if (partitionMetadata.length === 0) return groups
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message })
    const group = groups[partition]
    if (group === undefined) groups[partition] = [message]
    else group.push(message)
  }
  return groups
}

stopIdleTimers()
replace('kafkajs/src/protocol/recordBatch/record/v0', encodeRecord)
replace('kafkajs/src/protocol/recordBatch/crc32C', (bytes: Buffer) => crc32c(bytes))
replace('kafkajs/src/producer/groupMessagesPerPartition', groupByPartition)

export const { Kafka, logLevel } = require('kafkajs') as typeof kafkajs
