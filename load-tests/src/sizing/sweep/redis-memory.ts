/** What each kind of key takes in Redis, by a sample of its keys. */
import type { BenchRedis } from '../../bench/common/redis.ts'
import type { Measurements } from '../measurements.ts'

const SCAN_COUNT = 1000
/** Of each prefix, the first that the scan meets: its order is that of the keys' hashes. */
const SAMPLED_KEYS = 200
/** `bal:acc_…` */
const PREFIX = /^[a-z]+:/

export async function readRedisMemory(redis: BenchRedis): Promise<Measurements['redis']> {
  const found = new Map<string, { keys: number; sample: string[] }>()
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', SCAN_COUNT)
    cursor = next
    for (const key of keys) {
      const prefix = PREFIX.exec(key)?.[0].slice(0, -1) ?? 'other'
      const kind = found.get(prefix) ?? { keys: 0, sample: [] }
      kind.keys++
      if (kind.sample.length < SAMPLED_KEYS) kind.sample.push(key)
      found.set(prefix, kind)
    }
  } while (cursor !== '0')
  const prefixes = await Promise.all(
    [...found].map(async ([prefix, { keys, sample }]) => {
      const usages = await Promise.all(sample.map((key) => redis.memory('USAGE', key)))
      // A key may have expired since the scan.
      const bytes = usages.filter((usage) => usage !== null)
      const meanBytes = bytes.reduce((sum, usage) => sum + usage, 0) / Math.max(1, bytes.length)
      return [prefix, { keys, meanBytes }] as const
    }),
  )
  const info = await redis.info()
  return {
    usedBytes: numberIn(info, 'used_memory'),
    evictedKeys: numberIn(info, 'evicted_keys'),
    prefixes: Object.fromEntries(prefixes.toSorted(([a], [b]) => a.localeCompare(b))),
  }
}

/** A field of INFO: https://redis.io/docs/latest/commands/info/ */
const numberIn = (info: string, field: string): number => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1])
