/**
 * Reads statements: pages of an account's entries, newest first.
 *
 * A sequence is the account's version after the entry, so that a page is a keyset scan on the primary key, and what lies
 * below a sequence never changes. The first page is cut from the account's newest entries, which the worker keeps up in the
 * cache; they count only while no newer balance is known. An older page is cached for good, and read together with the
 * balance, whose version it carries. Filtered pages, and first pages longer than the newest entries, are not cached.
 *
 * A page filtered by direction looks at 1,000 entries at most: it may come out shorter than asked, or empty, and its
 * cursor goes on from there.
 */
import { z } from 'zod'
import type { ListEntriesQuery } from '@paycluster/contracts'
import type { CacheEntry } from '@paycluster/platform/cache/cache-entry'
import { balanceKey, newestEntriesKey, olderPageKey } from '@paycluster/platform/cache/cache-keys'
import { firstEntries, joinEntries, NEWEST_ENTRIES } from '@paycluster/platform/cache/newest-entries'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadSource } from '@paycluster/platform/postgres/read-router'
import { SharedCall } from '@paycluster/platform/postgres/shared-call'
import { ProblemError } from '@paycluster/platform/problem-error'
import { accountNotOpen } from '../accounts/own-account.ts'
import type { Answer } from '../answers/answer.ts'
import { balanceEntry } from '../balances/balance-kind.ts'
import type { BalanceReader } from '../balances/read-balance.ts'
import { foundAnswer } from '../reads/found-answer.ts'
import { isBelow, meetsToken } from '../reads/freshness.ts'
import { MIN_TRIES, type FoundObject, type ReaderParts } from '../reads/object-reader.ts'
import { toPeriod } from '../reads/period.ts'
import { ALL_ENTRIES, findSeqBounds, type SeqBounds } from './seq-bounds.ts'
import { toStatementPage, type PageRow } from './statement-page.ts'

const READ_PAGE = { name: 'read-page', text: loadText(import.meta.url, './read-page.sql') }

/** Entries that one page looks at for a direction. */
const MAX_SCANNED = 1000
const RETRY_MS = 10
const SIGNS: Readonly<Record<string, number>> = { in: 1, out: -1 }

/** The next page lies below `seq`, the list ends at `least`. */
const positionSchema = z.strictObject({ seq: z.int(), least: z.int() })

type Filters = Readonly<Record<string, string>>

interface PageRequest {
  readonly id: string
  readonly client: number
  readonly limit: number
  readonly filters: Filters
  /** Undefined for the first page. */
  readonly bounds: SeqBounds | undefined
}

/** A page as a node has it. */
interface LoadedPage {
  readonly balance: CacheEntry
  /** Joined. */
  readonly entries: string
  /** Below which sequence the next page lies; undefined at the end. */
  readonly nextSeq: number | undefined
  readonly least: number
  readonly source: ReadSource
}

export class StatementReader {
  readonly #parts: ReaderParts
  readonly #balances: BalanceReader
  readonly #cursors: CursorCodec
  readonly #ids: IdCodec
  readonly #loads = new Map<string, SharedCall<LoadedPage>>()

  constructor(parts: ReaderParts, balances: BalanceReader, cursors: CursorCodec, ids: IdCodec) {
    this.#parts = parts
    this.#balances = balances
    this.#cursors = cursors
    this.#ids = ids
  }

  /**
   * One page.
   *
   * @param id  the caller's own account, as its tag says
   * @throws ProblemError `invalid_cursor` (400) · `not_found` when the account is not open yet · `replica_lag`,
   * `unavailable`, `overloaded` (503)
   */
  async read(
    id: string,
    client: number,
    query: ListEntriesQuery,
    token: ConsistencyToken | undefined,
  ): Promise<Answer> {
    const request = this.#toRequest(id, client, query)
    const { bounds, filters, limit } = request
    const isFiltered = Object.keys(filters).length > 0
    if (bounds !== undefined && !isFiltered) return this.#readOlder(request, bounds, token)
    if (bounds === undefined && !isFiltered && limit <= NEWEST_ENTRIES) return this.#readNewest(request, token)
    const page = await this.#load(request, token, () => [])
    return pageAnswer(this.#bodyOf(request, page), foundIn(page))
  }

  async #readNewest(request: PageRequest, token: ConsistencyToken | undefined): Promise<Answer> {
    const { id } = request
    const [balance, newest] = await this.#parts.cache.getMany([balanceKey(id), newestEntriesKey(id)])
    const isNewest = balance !== undefined && newest !== undefined && !isBelow(newest, balance)
    // Under the balance's key: what was served of either is a floor for both.
    const found = this.#balances.admit(isNewest ? { ...newest, key: balance.key } : undefined, id, token)
    if (found !== undefined) return pageAnswer(this.#newestBody(request, found.entry, found.entry.json), found)
    const page = await this.#load({ ...request, limit: NEWEST_ENTRIES }, token, ({ balance, entries }) => [
      { ...balance, key: newestEntriesKey(id), json: entries },
    ])
    return pageAnswer(this.#newestBody(request, page.balance, page.entries), foundIn(page))
  }

  async #readOlder(request: PageRequest, bounds: SeqBounds, token: ConsistencyToken | undefined): Promise<Answer> {
    const { id, limit } = request
    const pageKey = olderPageKey(id, bounds.seq, limit)
    const [cachedBalance, cached] = await this.#parts.cache.getMany([balanceKey(id), pageKey])
    if (cached !== undefined && cached.timeline >= this.#parts.router.timeline) {
      const balance = this.#balances.admit(cachedBalance, id, token)
      return pageAnswer(cached.json, balance ?? (await this.#balances.load(id, token)))
    }
    const page = await this.#load(request, token, (page) => [
      { ...page.balance, key: pageKey, version: bounds.seq, json: this.#bodyOf(request, page) },
    ])
    return pageAnswer(this.#bodyOf(request, page), foundIn(page))
  }

  #toRequest(id: string, client: number, query: ListEntriesQuery): PageRequest {
    const { from, to, direction, cursor, limit } = query
    const asked = { from, to, direction }
    if (cursor === undefined) {
      const filters = JSON.parse(JSON.stringify(asked)) as Filters
      return { id, client, limit, filters, bounds: undefined }
    }
    const { filters, position } = this.#cursors.decode(scopeOf(id, client), cursor, asked, positionSchema)
    return { id, client, limit, filters, bounds: position }
  }

  /**
   * Reads the page from a node, until it is fresh enough or the wait is over; fills the cache with the balance.
   *
   * @param alsoFill  what else goes into the cache
   */
  async #load(
    request: PageRequest,
    token: ConsistencyToken | undefined,
    alsoFill: (page: LoadedPage) => readonly CacheEntry[],
  ): Promise<LoadedPage> {
    const { floors, counts, fill, router, waitMs } = this.#parts
    const untilMs = Date.now() + waitMs
    for (let tries = 1; ; tries++) {
      const page = await this.#share(request)
      const { balance } = page
      if (this.#isFresh(balance, request, token)) {
        await fill.fill([balance, ...alsoFill(page)])
        if (floors.admit(balance.key, balance)) {
          router.noteServed(balance.lsn, balance.timeline)
          return page
        }
      }
      counts.refused++
      if (tries >= MIN_TRIES && Date.now() >= untilMs) {
        counts.lagging++
        throw new ProblemError('replica_lag', 'No node has caught up with what this page has to reflect.')
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  /** Also for its cursor: one that says "below 100" has seen version 99. */
  #isFresh(balance: CacheEntry, { id, bounds }: PageRequest, token: ConsistencyToken | undefined): boolean {
    if (isBelow(balance, this.#parts.floors.get(balance.key))) return false
    if (bounds !== undefined && bounds.seq !== ALL_ENTRIES.seq && balance.version < bounds.seq - 1) return false
    return meetsToken(balance, 'postings', id, token)
  }

  /** The same page is read once for all who ask before its read leaves. */
  async #share(request: PageRequest): Promise<LoadedPage> {
    const key = JSON.stringify([request.id, request.limit, request.filters, request.bounds])
    const shared = this.#loads.get(key) ?? new SharedCall(() => this.#readPage(request))
    this.#loads.set(key, shared)
    try {
      return await shared.ask()
    } finally {
      if (shared.isIdle) this.#loads.delete(key)
    }
  }

  async #readPage({ id, limit, filters, bounds }: PageRequest): Promise<LoadedPage> {
    const { router } = this.#parts
    const uuid = idToUuid(id)
    const sign = SIGNS[filters.direction ?? ''] ?? 0
    const scanned = sign === 0 ? limit : MAX_SCANNED
    const answer = await router.read(await router.position(), async (run) => {
      const { seq, least } = bounds ?? (await findSeqBounds(run, uuid, toPeriod(filters)))
      const values = [uuid, seq, least, sign, scanned]
      const { rows } = await run<PageRow>({ ...READ_PAGE, values })
      return { rows, least }
    })
    const { rows, least } = answer.value
    const first = rows[0]
    if (first === undefined) throw accountNotOpen()
    const { entries, nextSeq } = toStatementPage(this.#ids, rows, { sign, limit, scanned, least })
    return {
      balance: balanceEntry(first, answer.source, id),
      entries: joinEntries(entries),
      nextSeq,
      least,
      source: answer.source,
    }
  }

  #bodyOf({ id, client, filters }: PageRequest, { entries, nextSeq, least }: PageContent): string {
    const cursor =
      nextSeq === undefined ? null : this.#cursors.encode(scopeOf(id, client), filters, { seq: nextSeq, least })
    return `{"data":[${entries}],"next_cursor":${JSON.stringify(cursor)}}`
  }

  /** The first page of the newest entries: without a gap, so that the sequence of its last entry needs no reading. */
  #newestBody(request: PageRequest, { version }: CacheEntry, newest: string): string {
    const { limit } = request
    const { least } = ALL_ENTRIES
    const lastSeq = version - limit + 1
    return this.#bodyOf(request, {
      entries: firstEntries(newest, limit),
      nextSeq: lastSeq > least ? lastSeq : undefined,
      least,
    })
  }
}

type PageContent = Pick<LoadedPage, 'entries' | 'nextSeq' | 'least'>

const scopeOf = (id: string, client: number) => ({ route: `entries ${id}`, client })

const foundIn = ({ balance, source }: LoadedPage): FoundObject => ({ entry: balance, source: source.name })

/** The page's body with the balance's version, time and token. */
const pageAnswer = (body: string, balance: FoundObject): Answer => ({ ...foundAnswer(balance), body })
