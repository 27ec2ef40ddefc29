/**
 * Reads statements: pages of an account's entries, newest first.
 *
 * A sequence is the account's version after the entry, so that a page is a keyset scan on the primary key, and what lies
 * below a sequence never changes. The newest page is cached under the account's id and counts only while its version is
 * the cached balance's; an older page is cached for good. Every page carries the account's version, so a cached page is
 * always read together with the balance. Filtered pages are not cached.
 *
 * A page filtered by direction looks at 1,000 entries at most: it may come out shorter than asked, or empty, and its
 * cursor goes on from there.
 */
import { z } from 'zod'
import type { ListEntriesQuery } from '@paycluster/contracts'
import type { CacheEntry } from '@paycluster/platform/cache/cache-entry'
import { balanceKey, newestPageKey, olderPageKey } from '@paycluster/platform/cache/cache-keys'
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

interface LoadedPage {
  readonly balance: CacheEntry
  readonly json: string
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
    if (Object.keys(request.filters).length > 0) return this.#load(request, undefined, token)
    const { bounds, limit } = request
    const pageKey = bounds === undefined ? newestPageKey(id, limit) : olderPageKey(id, bounds.seq, limit)
    const [cachedBalance, page] = await this.#parts.cache.getMany([balanceKey(id), pageKey])
    const isPage = page !== undefined && page.timeline >= this.#parts.router.timeline
    if (!isPage) return this.#load(request, pageKey, token)
    const balance = this.#balances.admit(cachedBalance, id, token)
    if (bounds !== undefined) return pageAnswer(page, balance ?? (await this.#balances.load(id, token)))
    const isNewest = balance?.entry.version === page.version && balance.entry.timeline === page.timeline
    return isNewest ? pageAnswer(page, balance) : this.#load(request, pageKey, token)
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

  /** Reads the page from a node, until it is fresh enough or the wait is over; fills the cache. */
  async #load(request: PageRequest, pageKey: string | undefined, token: ConsistencyToken | undefined): Promise<Answer> {
    const { floors, counts, fill, router, waitMs } = this.#parts
    const untilMs = Date.now() + waitMs
    for (let tries = 1; ; tries++) {
      const { balance, json, source } = await this.#share(request)
      if (this.#isFresh(balance, request, token)) {
        const page = { ...balance, key: pageKey ?? '', version: request.bounds?.seq ?? balance.version, json }
        await fill.fill(pageKey === undefined ? [balance] : [balance, page])
        if (floors.admit(balance.key, balance)) {
          router.noteServed(balance.lsn, balance.timeline)
          return pageAnswer(page, { entry: balance, source: source.name })
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

  async #readPage({ id, client, limit, filters, bounds }: PageRequest): Promise<LoadedPage> {
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
    const next_cursor =
      nextSeq === undefined ? null : this.#cursors.encode(scopeOf(id, client), filters, { seq: nextSeq, least })
    const json = JSON.stringify({ data: entries, next_cursor })
    return { balance: balanceEntry(first, answer.source, id), json, source: answer.source }
  }
}

const scopeOf = (id: string, client: number) => ({ route: `entries ${id}`, client })

/** The page's body with the balance's version, time and token. */
const pageAnswer = (page: CacheEntry, balance: FoundObject): Answer => ({ ...foundAnswer(balance), body: page.json })
