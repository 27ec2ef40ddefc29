/**
 * Reads one object by id: from the cache if what is there may be answered with, else from a node, filling the cache.
 *
 *     cache ── fresh enough ──────────────────────────────────────────────▶ answer
 *       └─ missing, or below the token or what was served here
 *            └─ batch → node ── fresh enough → fill → answer (with what the cache has if that is newer)
 *                          └─ not: once more, until the wait is over → 503 replica_lag
 */
import type pg from 'pg'
import type { CacheEntry } from '@paycluster/platform/cache/cache-entry'
import type { VersionedCache } from '@paycluster/platform/cache/versioned-cache'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import type { ReadRouter, ReadSource } from '@paycluster/platform/postgres/read-router'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { CacheFill } from './cache-fill.ts'
import { isBelow, meetsToken, type VersionKind } from './freshness.ts'
import { MissBatch, type BatchQuery } from './miss-batch.ts'
import type { ReadCounts } from './read-counts.ts'
import type { ServedFloors } from './served-floors.ts'

const RETRY_MS = 10
/**
 * A newer version that is served while this one is being filled makes it old. That is no lag, and a fill that waits for
 * Redis takes longer than a read may wait for replicas: so the time alone does not end it.
 */
export const MIN_TRIES = 3

/** What all readers share. */
export interface ReaderParts {
  readonly cache: VersionedCache
  readonly fill: CacheFill
  readonly floors: ServedFloors
  readonly router: ReadRouter
  readonly counts: ReadCounts
  /** How long a read goes on trying for a state that is fresh enough. */
  readonly waitMs: number
}

/** One kind of object. */
export interface ObjectKind<Row> {
  readonly versions: VersionKind
  readonly query: BatchQuery<Row>
  cacheKey(id: string): string
  /** The entry that a row stands for. */
  toEntry(row: Row, source: ReadSource, id: string): CacheEntry
}

/** An object's state, and where it comes from: the value of X-Data-Source. */
export interface FoundObject {
  readonly entry: CacheEntry
  readonly source: string
}

/** No node has the object. */
export interface AbsentObject {
  readonly entry: undefined
  readonly source: ReadSource
}

export class ObjectReader<Row extends pg.QueryResultRow> {
  readonly #parts: ReaderParts
  readonly #kind: ObjectKind<Row>
  readonly #misses: MissBatch<Row>

  constructor(parts: ReaderParts, kind: ObjectKind<Row>) {
    this.#parts = parts
    this.#kind = kind
    this.#misses = new MissBatch(parts.router, kind.query)
  }

  /**
   * @param id  issued by this cluster
   * @throws ProblemError `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async read(id: string, token: ConsistencyToken | undefined): Promise<FoundObject | AbsentObject> {
    const key = this.#kind.cacheKey(id)
    const entry = await this.#parts.cache.get(key)
    return this.#admitted(entry, id, token) ?? this.load(id, token)
  }

  /** What was found in the cache, if it may be answered with. */
  admit(entry: CacheEntry | undefined, id: string, token: ConsistencyToken | undefined): FoundObject | undefined {
    return this.#admitted(entry, id, token)
  }

  /** Reads past the cache, and fills it. */
  async load(id: string, token: ConsistencyToken | undefined): Promise<FoundObject | AbsentObject> {
    const { floors, fill, counts, router, waitMs } = this.#parts
    const untilMs = Date.now() + waitMs
    for (let tries = 1; ; tries++) {
      const { row, source } = await this.#misses.load(idToUuid(id))
      if (row === undefined) {
        if (reflectsToken(source, token)) return { entry: undefined, source }
      } else {
        const read = this.#kind.toEntry(row, source, id)
        if (!isBelow(read, floors.get(read.key)) && meetsToken(read, this.#kind.versions, id, token)) {
          const [newer] = await fill.fill([read])
          const entry = newer !== undefined && isBelow(read, newer) ? newer : read
          if (floors.admit(entry.key, entry)) {
            router.noteServed(entry.lsn, entry.timeline)
            return { entry, source: entry === read ? source.name : 'cache' }
          }
        }
      }
      counts.refused++
      if (tries >= MIN_TRIES && Date.now() >= untilMs) {
        counts.lagging++
        throw new ProblemError('replica_lag', 'No node has caught up with what this read has to reflect.')
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  #admitted(entry: CacheEntry | undefined, id: string, token: ConsistencyToken | undefined): FoundObject | undefined {
    const { counts, floors, router } = this.#parts
    if (entry === undefined || entry.timeline < router.timeline) {
      counts.misses++
      return undefined
    }
    if (!meetsToken(entry, this.#kind.versions, id, token)) {
      counts.belowToken++
      return undefined
    }
    if (!floors.admit(entry.key, entry)) {
      counts.belowFloor++
      return undefined
    }
    counts.hits++
    router.noteServed(entry.lsn, entry.timeline)
    return { entry, source: 'cache' }
  }
}

/** Whether what was read there reflects the token's commit: needed to say that there is nothing, or for a list. */
export function reflectsToken(source: ReadSource, token: ConsistencyToken | undefined): boolean {
  return token === undefined || (source.lsn >= token.lsn && source.timeline >= token.timeline)
}
