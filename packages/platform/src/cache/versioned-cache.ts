/**
 * The versioned cache: payment-worker writes it after each commit, inquiry-service reads and fills it.
 *
 * Older never overwrites newer, whoever writes: a compare-and-set on (timeline, version) in Redis. Everything here is
 * bounded in time and size, and nothing throws: a cache that is away is one that has nothing and stores nothing.
 */
import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { loadText } from '../load-text.ts'
import { decodeCacheEntry, encodeCacheEntry, type CacheEntry } from './cache-entry.ts'
import { NEWEST_ENTRIES, type AddedEntries } from './newest-entries.ts'
import { RedisGuard } from './redis-guard.ts'
import { UnwrittenEntries } from './unwritten-entries.ts'

const PUT_IF_NEWER = loadScript('./put-if-newer.lua')
const EXTEND_NEWEST_ENTRIES = loadScript('./extend-newest-entries.lua')

/** Redis does nothing else while it runs a script: 250 entries take it about a millisecond. */
const ENTRIES_PER_PUT = 250
const KEYS_PER_READ = 512
/** Under load a read waits for company for so long at most, and an idle client's never. */
const READ_INTERVAL_MS = 1
const RETRY_MS = 100

export interface CacheSettings {
  readonly ttlMs: number
  /** 0 to 1: the share of the time to live that is random, so that what was written together does not expire together. */
  readonly ttlJitter: number
  /** A command without an answer by then has failed. */
  readonly timeoutMs: number
  /** See {@link RedisGuard}. */
  readonly quarantineMs: number
}

export const DEFAULT_CACHE_SETTINGS: CacheSettings = {
  ttlMs: 600_000,
  ttlJitter: 0.2,
  timeoutMs: 150,
  quarantineMs: 1000,
}

/** Keys by what became of their entries. A key in neither list was stored. */
export interface PutReport {
  /** The cache holds something newer. */
  readonly refused: readonly string[]
  /** Redis did not answer: stored or not, nobody knows. Tried again in the background. */
  readonly unwritten: readonly string[]
}

/** Counts since the start. */
export interface CacheCounts {
  reads: number
  hits: number
  /** Entries from before an outage, which are not answered with. */
  untrusted: number
  failedReads: number
  puts: number
  refused: number
  unwritten: number
  /** Accounts whose newest entries were not added to, because Redis did not answer. */
  unextended: number
}

interface WaitingRead {
  readonly keys: readonly string[]
  readonly resolve: (entries: (CacheEntry | undefined)[]) => void
}

/** One connection's view of the cache. */
export class VersionedCache {
  readonly counts: CacheCounts = {
    reads: 0,
    hits: 0,
    untrusted: 0,
    failedReads: 0,
    puts: 0,
    refused: 0,
    unwritten: 0,
    unextended: 0,
  }
  /** Bounds the commands of this connection, and others on it as well. */
  readonly guard: RedisGuard
  readonly #redis: Redis
  readonly #settings: CacheSettings
  readonly #unwritten = new UnwrittenEntries()
  readonly #retry: NodeJS.Timeout
  #waiting: WaitingRead[] = []
  #readAtMs = Number.NEGATIVE_INFINITY

  /** @param redis  from `createRedisClient`; its owner closes it, after {@link close} */
  constructor(redis: Redis, settings: Partial<CacheSettings> = {}) {
    this.#redis = redis
    this.#settings = { ...DEFAULT_CACHE_SETTINGS, ...settings }
    this.guard = new RedisGuard(redis, this.#settings)
    this.#retry = setInterval(() => {
      void this.#retryUnwritten()
    }, RETRY_MS).unref()
  }

  /** Whether Redis is away: every read is a miss then, at once. */
  get isAway(): boolean {
    return this.guard.isAway
  }

  /** Entries that wait to be written again. */
  get unwrittenEntries(): number {
    return this.#unwritten.size
  }

  /** The entry, or undefined: not there, not to be trusted, or Redis is away. */
  async get(key: string): Promise<CacheEntry | undefined> {
    return (await this.getMany([key]))[0]
  }

  /**
   * The entries in the order of their keys, read at one moment. Reads of one turn of the event loop share a command, and
   * so do those that come within a millisecond of the last command.
   */
  getMany(keys: readonly string[]): Promise<(CacheEntry | undefined)[]> {
    this.counts.reads += keys.length
    if (this.guard.isAway) return Promise.resolve(keys.map(() => undefined))
    return new Promise((resolve) => {
      if (this.#waiting.push({ keys, resolve }) === 1) this.#scheduleRead()
    })
  }

  /**
   * Stores entries that are not older than what is there. Resolves when Redis has answered or its time is over; what was
   * not written is tried again in the background, so that a single lost command leaves nothing stale behind.
   */
  async putIfNewer(entries: readonly CacheEntry[]): Promise<PutReport> {
    this.counts.puts += entries.length
    const reports = await Promise.all(chunksOf(entries).map((chunk) => this.#put(chunk)))
    return {
      refused: reports.flatMap((report) => report.refused),
      unwritten: reports.flatMap((report) => report.unwritten),
    }
  }

  /**
   * Adds entries to the newest entries of their accounts, where those are cached. Resolves when Redis has answered or its
   * time is over. Not tried again: whoever reads sees by the version that an addition is missing, and fills.
   */
  async extendNewestEntries(additions: readonly AddedEntries[]): Promise<void> {
    await Promise.all(chunksOf(additions).map((chunk) => this.#extend(chunk)))
  }

  /** Stops what runs in the background. */
  close(): void {
    clearInterval(this.#retry)
    this.guard.close()
  }

  #scheduleRead(): void {
    const read = (): void => {
      this.#readWaiting()
    }
    if (performance.now() - this.#readAtMs < READ_INTERVAL_MS) setTimeout(read, READ_INTERVAL_MS)
    else setImmediate(read)
  }

  #readWaiting(): void {
    this.#readAtMs = performance.now()
    const waiting = this.#waiting
    this.#waiting = []
    for (let from = 0; from < waiting.length;) {
      let to = from
      const keys: string[] = []
      do keys.push(...(waiting[to++]?.keys ?? []))
      while (to < waiting.length && keys.length < KEYS_PER_READ)
      void this.#read(keys, waiting.slice(from, to))
      from = to
    }
  }

  async #read(keys: readonly string[], reads: readonly WaitingRead[]): Promise<void> {
    let values: readonly (string | null)[] = []
    try {
      values = await this.guard.run(() => this.#redis.mget([...keys]))
    } catch {
      // Away, or too slow: every key is a miss. The guard counts towards its circuit.
      this.counts.failedReads += keys.length
    }
    let at = 0
    for (const read of reads) read.resolve(read.keys.map((key) => this.#trusted(key, values[at++])))
  }

  #trusted(key: string, value: string | null | undefined): CacheEntry | undefined {
    if (value === null || value === undefined) return undefined
    const entry = decodeCacheEntry(key, value)
    if (entry === undefined) return undefined
    if (entry.asOfMs < this.guard.trustedSinceMs) {
      this.counts.untrusted++
      return undefined
    }
    this.counts.hits++
    return entry
  }

  async #put(entries: readonly CacheEntry[]): Promise<PutReport> {
    const keys = entries.map((entry) => entry.key)
    const values = entries.flatMap((entry) => [this.#ttlMs(), encodeCacheEntry(entry)])
    try {
      const positions = (await this.guard.run(() => this.#call(PUT_IF_NEWER, keys, values))) as number[]
      const refused = positions.map((position) => keys[position - 1] ?? '')
      this.counts.refused += refused.length
      return { refused, unwritten: [] }
    } catch {
      this.guard.noteFailedWrite()
      this.counts.unwritten += entries.length
      this.#unwritten.add(entries)
      return { refused: [], unwritten: keys }
    }
  }

  async #extend(additions: readonly AddedEntries[]): Promise<void> {
    const keys = additions.map(({ entry }) => entry.key)
    const values = additions.flatMap(({ entry, after }) => [this.#ttlMs(), after, encodeCacheEntry(entry)])
    try {
      await this.guard.run(() => this.#call(EXTEND_NEWEST_ENTRIES, keys, [NEWEST_ENTRIES, ...values]))
    } catch {
      this.counts.unextended += additions.length
    }
  }

  async #call({ text, sha }: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#redis.evalsha(sha, keys.length, ...keys, ...values)
    } catch (error) {
      // SCRIPT FLUSH or a restart: sent in full once, Redis has it again.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return this.#redis.eval(text, keys.length, ...keys, ...values)
    }
  }

  #ttlMs(): number {
    return Math.round(this.#settings.ttlMs * (1 - this.#settings.ttlJitter * Math.random()))
  }

  async #retryUnwritten(): Promise<void> {
    if (this.#unwritten.size === 0 || this.guard.isAway) return
    await this.#put(this.#unwritten.take(ENTRIES_PER_PUT))
  }
}

interface Script {
  readonly text: string
  readonly sha: string
}

function loadScript(path: string): Script {
  const text = loadText(import.meta.url, path)
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

const chunksOf = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / ENTRIES_PER_PUT) }, (_, index) =>
    items.slice(index * ENTRIES_PER_PUT, (index + 1) * ENTRIES_PER_PUT),
  )
