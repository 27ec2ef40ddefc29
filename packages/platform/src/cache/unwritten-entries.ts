import type { CacheEntry } from './cache-entry.ts'

/** Some seconds of the worker's writes. Past it the oldest go: by then readers have noticed the outage themselves. */
const MAX_ENTRIES = 20_000

/** Entries that Redis did not take, the newest of each key, oldest key first. */
export class UnwrittenEntries {
  readonly #entries = new Map<string, CacheEntry>()

  get size(): number {
    return this.#entries.size
  }

  add(entries: readonly CacheEntry[]): void {
    for (const entry of entries) {
      const known = this.#entries.get(entry.key)
      if (known !== undefined && isOlder(entry, known)) continue
      this.#entries.delete(entry.key)
      this.#entries.set(entry.key, entry)
    }
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) return
      this.#entries.delete(key)
    }
  }

  /** Removes and returns up to `count` entries. */
  take(count: number): CacheEntry[] {
    const taken = [...this.#entries.values()].slice(0, count)
    for (const entry of taken) this.#entries.delete(entry.key)
    return taken
  }
}

const isOlder = (a: CacheEntry, b: CacheEntry): boolean =>
  a.timeline < b.timeline || (a.timeline === b.timeline && a.version < b.version)
