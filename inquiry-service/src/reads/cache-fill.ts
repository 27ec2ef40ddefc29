import type { CacheEntry } from '@paycluster/platform/cache/cache-entry'
import type { VersionedCache } from '@paycluster/platform/cache/versioned-cache'

interface Fill {
  readonly entries: readonly CacheEntry[]
  readonly resolve: (newer: (CacheEntry | undefined)[]) => void
}

/**
 * Fills the cache with what was missed, before it is answered: then no other instance can answer with something older
 * after this one. Where the cache takes nothing, it is waited for until no instance answers from it any more. Fills of one
 * turn of the event loop share a command. Bounded by the cache's timeout, and the guard's.
 */
export class CacheFill {
  readonly #cache: VersionedCache
  #waiting: Fill[] = []

  constructor(cache: VersionedCache) {
    this.#cache = cache
  }

  /** Stores the entries. Resolves with what the cache holds in their places where that is newer. */
  fill(entries: readonly CacheEntry[]): Promise<(CacheEntry | undefined)[]> {
    if (this.#cache.isAway) return this.#cache.guard.untilNoticed().then(() => entries.map(() => undefined))
    return new Promise((resolve) => {
      if (this.#waiting.push({ entries, resolve }) === 1)
        setImmediate(() => {
          void this.#flush()
        })
    })
  }

  async #flush(): Promise<void> {
    const fills = this.#waiting
    this.#waiting = []
    const { refused, unwritten } = await this.#cache.putIfNewer(fills.flatMap((fill) => fill.entries))
    if (unwritten.length > 0) await this.#cache.guard.untilNoticed()
    const held = refused.length === 0 ? [] : await this.#cache.getMany(refused)
    const newer = new Map(held.flatMap((entry) => (entry === undefined ? [] : [[entry.key, entry] as const])))
    for (const fill of fills) fill.resolve(fill.entries.map((entry) => newer.get(entry.key)))
  }
}
