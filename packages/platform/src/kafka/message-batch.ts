import type { KafkaMessage } from 'kafkajs'

/** A contiguous piece of one partition, at least one message. */
export interface PartitionSlice {
  readonly partition: number
  readonly messages: readonly KafkaMessage[]
  readonly firstOffset: number
  /** One past the last. */
  readonly nextOffset: number
}

/** What a handler gets at once: slices of several partitions of one topic, each partition once. */
export interface MessageBatch {
  readonly topic: string
  readonly slices: readonly PartitionSlice[]
  /** Aborted when the batch is no longer this process's to handle: it stops, or lost a partition. */
  readonly signal: AbortSignal
}

/** What a handler made of a batch. */
export type BatchVerdict =
  /** Its effects are durable. Its offsets are committed once `published` resolves; the next batch does not wait for that. */
  | { readonly kind: 'handled'; readonly published: Promise<void> }
  /** Nothing was done: these partitions must be read again from these offsets first. */
  | { readonly kind: 'rewind'; readonly offsets: ReadonlyMap<number, number> }
  /** Nothing is known to be done: whoever gets the partitions next reads the batch again. */
  | { readonly kind: 'abandoned' }
