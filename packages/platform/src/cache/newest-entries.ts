/**
 * The newest entries of an account, as the cache holds them: the first page of its statement without brackets and cursor.
 * JSON objects, newest first, one a line, so that a page is cut and an entry is added by text alone
 * (docs/adr/0008-newest-entries-in-the-cache.md).
 */
import type { Entry } from '@paycluster/contracts'
import type { CacheEntry } from './cache-entry.ts'

/** How many are held; with fewer entries than that, all of the account's. A page of the default size. */
export const NEWEST_ENTRIES = 20

const SEPARATOR = ',\n'

/** What a batch adds to the newest entries of one account. */
export interface AddedEntries {
  /** Its `json`: the added entries, the newest {@link NEWEST_ENTRIES} of them. Its version: the account's after them. */
  readonly entry: CacheEntry
  /** The account's version before them. */
  readonly after: number
}

/** @param entries  newest first */
export const joinEntries = (entries: readonly Entry[]): string =>
  entries.map((entry) => JSON.stringify(entry)).join(SEPARATOR)

/** The `count` newest of joined entries, 1 at least; all of them when there are no more. */
export function firstEntries(joined: string, count: number): string {
  let end = -SEPARATOR.length
  for (let found = 0; found < count; found++) {
    end = joined.indexOf(SEPARATOR, end + SEPARATOR.length)
    if (end < 0) return joined
  }
  return joined.slice(0, end)
}
