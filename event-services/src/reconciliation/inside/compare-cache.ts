/**
 * The ledger against the cache: what the cache has of accounts that have changed, of what was wrong before, and the next
 * part of everything that it holds. A full run looks at all that it holds.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import { accountKey, balanceKey, newestEntriesKey } from '@paycluster/platform/cache/cache-keys'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { compareCached, type CachedFault, type ComparedCache } from '@paycluster/platform/verification/compare-cached'
import type { Finding } from '../differences/finding.ts'
import type { Checked, RunContext } from '../runs/check.ts'
import { changedAccounts, isServed, ledgerNow } from './changed-accounts.ts'
import { inSnapshot } from './snapshot.ts'
import { watermarkOf, windowStart } from './window.ts'

/** One MGET, and one snapshot with up to five statements. */
const KEYS_AT_ONCE = 500
/** A commit that waits for its standby is seen on it before, and cached from there: what is wrong is looked at again. */
const SETTLE_MS = 1_000
const SETTLE_STEP_MS = 100

export interface CacheComparisonParts {
  readonly pool: Pool
  readonly redis: Redis
  readonly ids: IdCodec
  /** Keys of the rolling sample. */
  readonly sample: number
  readonly pause: (signal: AbortSignal) => Promise<void>
}

export class CacheComparison {
  readonly #parts: CacheComparisonParts

  constructor(parts: CacheComparisonParts) {
    this.#parts = parts
  }

  async check(context: RunContext): Promise<Checked> {
    const { run, open } = context
    const { pool, ids, sample } = this.#parts
    const before = watermarkOf(context.watermark)
    const nowMs = await ledgerNow(pool)
    const keys = new Set(open.map(({ subject }) => subject))
    let [untilMs, cursor, checked] = [nowMs, before?.cursor ?? '0', 0]
    if (run.isFull) checked += await this.#scan(context, keys)
    else {
      const changed = await changedAccounts(pool, windowStart(before, nowMs), nowMs, () => this.#pause(context))
      untilMs = changed.untilMs
      for (const { id, client } of changed.accounts.filter(isServed)) {
        const account = ids.fromUuid('acc', id, client)
        for (const key of [balanceKey(account), accountKey(account), newestEntriesKey(account)]) keys.add(key)
      }
      const sampled = await this.#sample(cursor, sample)
      cursor = sampled.cursor
      for (const key of sampled.keys) keys.add(key)
    }
    checked += await this.#compareAll(context, [...keys])
    return { checked, isRechecked: () => true, watermark: { until: isoTime(untilMs), cursor } }
  }

  #pause({ signal }: RunContext): Promise<void> {
    signal.throwIfAborted()
    return this.#parts.pause(signal)
  }

  /** All keys but those that are looked at anyway. */
  async #scan(context: RunContext, others: ReadonlySet<string>): Promise<number> {
    let [cursor, checked] = ['0', 0]
    do {
      const [next, keys] = await this.#parts.redis.scan(cursor, 'COUNT', KEYS_AT_ONCE)
      cursor = next
      checked += await this.#compareAll(
        context,
        keys.filter((key) => !others.has(key)),
      )
    } while (cursor !== '0')
    return checked
  }

  async #sample(from: string, most: number): Promise<{ keys: string[]; cursor: string }> {
    const keys: string[] = []
    let cursor = from
    // Redis may give fewer than it is asked for, and none at all.
    for (let asked = 0; asked < most; asked += KEYS_AT_ONCE) {
      const [next, found] = await this.#parts.redis.scan(cursor, 'COUNT', Math.min(KEYS_AT_ONCE, most))
      keys.push(...found)
      cursor = next
      if (cursor === '0') break
    }
    return { keys, cursor }
  }

  async #compareAll(context: RunContext, keys: readonly string[]): Promise<number> {
    let checked = 0
    for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
      await this.#pause(context)
      const compared = await this.#compare(keys.slice(from, from + KEYS_AT_ONCE))
      checked += compared.checked
      context.findings.add(...compared.faults.map(toFinding))
      if (compared.violations > compared.faults.length) context.findings.truncate()
    }
    return checked
  }

  async #compare(keys: readonly string[]): Promise<ComparedCache> {
    const { pool, redis, ids } = this.#parts
    // The cache before the primary: what is written there is committed.
    const values = await redis.mget([...keys])
    const deadlineMs = performance.now() + SETTLE_MS
    for (;;) {
      const compared = await inSnapshot(pool, (client) => compareCached(client, ids, keys, values))
      if (compared.violations === 0 || performance.now() >= deadlineMs) return compared
      await delay(SETTLE_STEP_MS)
    }
  }
}

function toFinding({ key, problem, expected, found }: CachedFault): Finding {
  const [, kind, id] = /^([a-z]+):([a-z]+_[0-9a-z]+)/.exec(key) ?? []
  return {
    kind: 'cache_differs',
    subject: key,
    ...(kind === 'pay' && id !== undefined ? { paymentId: id } : {}),
    ...(id?.startsWith('acc_') === true ? { accountId: id } : {}),
    ...(expected === undefined ? {} : { expected }),
    found: found === undefined ? problem : `${problem}: ${found}`,
  }
}
