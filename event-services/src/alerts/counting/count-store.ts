/** Counts, and what has been counted, as the tables have them. */
import type { ClientBase } from 'pg'
import type { AlertEvidence } from '@paycluster/contracts'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import type { BucketTally } from './tally.ts'
import type { Bucket } from './window.ts'

const ADD_COUNTS = { name: 'add-alert-counts', text: loadText(import.meta.url, './add-counts.sql') }
const READ_COUNTS = { name: 'read-alert-counts', text: loadText(import.meta.url, './read-counts.sql') }
const READ_ENDS = {
  name: 'read-alert-slice-ends',
  text: `SELECT asked.partition, newest.next_offset::float8 AS next_offset
         FROM unnest($1::int[]) AS asked (partition)
         CROSS JOIN LATERAL (
           SELECT s.next_offset FROM alert_slices s
           WHERE s.partition = asked.partition ORDER BY s.first_offset DESC LIMIT 1
         ) newest`,
}
const READ_IDS = {
  name: 'read-alert-slice-ids',
  text: 'SELECT ids FROM alert_slices WHERE partition = $1 ORDER BY first_offset DESC LIMIT $2',
}
const INSERT_SLICES = {
  name: 'insert-alert-slices',
  text: `INSERT INTO alert_slices (partition, first_offset, next_offset, ids, counted_at)
         SELECT s.*, $5 FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bytea[]) AS s`,
}

/** Counts that are not looked at any more are kept a little longer: partitions are not read at one pace. */
const KEEP_MS = 600_000

/** What is counted of a partition. */
export interface CountedSlice {
  readonly partition: number
  readonly firstOffset: number
  readonly nextOffset: number
  /** Digests of the ids of its events. */
  readonly ids: Buffer
}

/** Counts that are asked for; times in milliseconds, both included. */
export interface AskedCounts {
  readonly counter: string
  readonly groupKey: string
  readonly fromMs: number
  readonly toMs: number
}

/** @throws DatabaseError */
export async function addCounts(client: ClientBase, tallies: readonly BucketTally[], nowMs: number): Promise<void> {
  await client.query({
    ...ADD_COUNTS,
    values: [
      tallies.map(({ counter }) => counter.key),
      tallies.map(({ groupKey }) => groupKey),
      tallies.map(({ bucketMs }) => isoTime(bucketMs)),
      tallies.map(({ matched }) => matched),
      tallies.map(({ total }) => total),
      tallies.map(({ evidence }) => JSON.stringify(evidence)),
      tallies.map(({ counter }) => isoTime(nowMs + counter.rule.condition.windowMs + KEEP_MS)),
    ],
  })
}

/** By counter and group. @throws DatabaseError */
export async function readCounts(client: ClientBase, asked: readonly AskedCounts[]): Promise<Map<string, Bucket[]>> {
  const { rows } = await client.query<{
    counter: string
    group_key: string
    start_ms: number
    matched: number
    total: number
    evidence: AlertEvidence[]
  }>({
    ...READ_COUNTS,
    values: [
      asked.map(({ counter }) => counter),
      asked.map(({ groupKey }) => groupKey),
      asked.map(({ fromMs }) => isoTime(fromMs)),
      asked.map(({ toMs }) => isoTime(toMs)),
    ],
  })
  const buckets = new Map<string, Bucket[]>()
  for (const { counter, group_key, start_ms: startMs, matched, total, evidence } of rows) {
    const key = countsKey(counter, group_key)
    const known = buckets.get(key) ?? []
    known.push({ startMs, matched, total, evidence })
    buckets.set(key, known)
  }
  return buckets
}

export const countsKey = (counter: string, groupKey: string): string => `${counter} ${groupKey}`

/** Where counting goes on, by partition; one of which nothing is counted is left out. @throws DatabaseError */
export async function readEnds(client: ClientBase, partitions: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await client.query<{ partition: number; next_offset: number }>({
    ...READ_ENDS,
    values: [partitions],
  })
  return new Map(rows.map(({ partition, next_offset }) => [partition, next_offset] as const))
}

/** Digests of what was counted last of a partition, newest slice first. @throws DatabaseError */
export async function readIds(client: ClientBase, partition: number, slices: number): Promise<Buffer[]> {
  const { rows } = await client.query<{ ids: Buffer }>({ ...READ_IDS, values: [partition, slices] })
  return rows.map(({ ids }) => ids)
}

/** @throws DatabaseError */
export async function insertSlices(client: ClientBase, slices: readonly CountedSlice[], nowMs: number): Promise<void> {
  await client.query({
    ...INSERT_SLICES,
    values: [
      slices.map(({ partition }) => partition),
      slices.map(({ firstOffset }) => firstOffset),
      slices.map(({ nextOffset }) => nextOffset),
      slices.map(({ ids }) => ids),
      isoTime(nowMs),
    ],
  })
}
