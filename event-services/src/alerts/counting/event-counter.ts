/**
 * Counts events for all rules, each once, and raises what that comes to.
 *
 *     which are counted already → add the others → slide the windows over what has changed → alerts, commit
 *
 * What has been counted stands in the same transaction as the counts: a batch that is read again, and an event that is told
 * again, add nothing.
 */
import type { AlertBook, AlertTurn } from '../book/alert-book.ts'
import type { Sighting } from '../book/sighting.ts'
import type { RuleSet } from '../rules/rule-book.ts'
import { CountedIds } from './counted-ids.ts'
import { countersOf, type Counter } from './counter.ts'
import { addCounts, countsKey, insertSlices, readCounts, type CountedSlice } from './count-store.ts'
import { digestOf, digestText, type ListenedEvent } from './listened-event.ts'
import { tally, type BucketTally } from './tally.ts'
import { findRun, newestOf, type Bucket } from './window.ts'

/** Events of one partition, in their order. */
export interface ListenedSlice {
  readonly partition: number
  readonly firstOffset: number
  readonly nextOffset: number
  readonly events: readonly { readonly offset: number; readonly event: ListenedEvent }[]
}

export interface CountedBatch {
  readonly counted: number
  readonly repeated: number
  /** There is something to tell or to publish. */
  readonly hasNews: boolean
}

const NOTHING: CountedBatch = { counted: 0, repeated: 0, hasNews: false }

interface FreshSlice extends CountedSlice {
  readonly events: readonly ListenedEvent[]
}

export class EventCounter {
  readonly #book: Pick<AlertBook, 'inTurn'>
  readonly #rules: () => RuleSet
  readonly #maxAgeMs: number
  readonly #counted = new CountedIds()
  #counters: { readonly of: RuleSet; readonly counters: readonly Counter[] } | undefined

  /** @param maxAgeMs  older events are none of an alert's any more */
  constructor(book: Pick<AlertBook, 'inTurn'>, rules: () => RuleSet, maxAgeMs: number) {
    this.#book = book
    this.#rules = rules
    this.#maxAgeMs = maxAgeMs
  }

  /**
   * Resolves when it is committed and on a standby.
   *
   * @throws DatabaseError, or what a lost connection throws: it may have been done, and may be done again
   */
  async count(slices: readonly ListenedSlice[]): Promise<CountedBatch> {
    const counters = this.#current()
    const wanted = slices.map((slice) => ({
      ...slice,
      events: slice.events.filter(({ event }) => counters.some(({ types }) => types.has(event.type))),
    }))
    const some = wanted.filter(({ events }) => events.length > 0)
    if (some.length === 0) return NOTHING
    const { fresh, hasNews } = await this.#book.inTurn(async (turn) => {
      const fresh = await this.#freshOf(turn, some)
      const events = fresh.flatMap((slice) => slice.events)
      if (events.length === 0) return { fresh: [], hasNews: false }
      const tallies = tally(counters, events, turn.nowMs - this.#maxAgeMs, turn.nowMs)
      await insertSlices(turn.client, fresh, turn.nowMs)
      if (tallies.length > 0) await addCounts(turn.client, tallies, turn.nowMs)
      for (const sighting of await sightingsOf(turn, tallies)) await turn.see(sighting)
      return { fresh, hasNews: turn.hasNews }
    })
    for (const { partition, nextOffset, ids, events } of fresh)
      this.#counted.add(
        partition,
        nextOffset,
        events.map((_, index) => digestText(ids, index)),
      )
    const counted = fresh.reduce((sum, { events }) => sum + events.length, 0)
    return { counted, repeated: some.reduce((sum, { events }) => sum + events.length, 0) - counted, hasNews }
  }

  #current(): readonly Counter[] {
    const rules = this.#rules()
    if (this.#counters?.of !== rules) this.#counters = { of: rules, counters: countersOf(rules.rules) }
    return this.#counters.counters
  }

  async #freshOf(turn: AlertTurn, slices: readonly ListenedSlice[]): Promise<FreshSlice[]> {
    const known = await this.#counted.of(
      turn.client,
      slices.map(({ partition }) => partition),
    )
    return slices.flatMap(({ partition, firstOffset, nextOffset, events }): FreshSlice[] => {
      const part = known.get(partition)
      const begin = Math.max(firstOffset, part?.nextOffset ?? 0)
      const seen = new Set<string>()
      const digests: Buffer[] = []
      const fresh = events.filter(({ offset, event }) => {
        const digest = digestOf(event.id)
        const text = digestText(digest, 0)
        if (offset < begin || part?.ids.has(text) === true || seen.has(text)) return false
        seen.add(text)
        digests.push(digest)
        return true
      })
      if (fresh.length === 0) return []
      const counted = { partition, firstOffset: begin, nextOffset, ids: Buffer.concat(digests) }
      return [{ ...counted, events: fresh.map(({ event }) => event) }]
    })
  }
}

interface Touched {
  readonly first: BucketTally
  readonly tallies: BucketTally[]
}

/** What was seen of every group in which something matched. @throws DatabaseError */
async function sightingsOf(turn: AlertTurn, tallies: readonly BucketTally[]): Promise<Sighting[]> {
  const groups = new Map<string, Touched>()
  for (const one of tallies) {
    if (one.matched === 0) continue
    const key = countsKey(one.counter.key, one.groupKey)
    const touched = groups.get(key) ?? { first: one, tallies: [] }
    touched.tallies.push(one)
    groups.set(key, touched)
  }
  if (groups.size === 0) return []
  const asked = [...groups.values()].map(({ first: { counter, groupKey }, tallies }) => {
    const { windowMs } = counter.rule.condition
    const starts = tallies.map(({ bucketMs }) => bucketMs)
    const [fromMs, toMs] = [Math.min(...starts) - windowMs, Math.max(...starts) + windowMs]
    return { counter: counter.key, groupKey, fromMs, toMs }
  })
  const counts = await readCounts(turn.client, asked)
  return [...groups].map(([key, touched]) => sightingOf(touched, counts.get(key) ?? []))
}

function sightingOf({ first, tallies }: Touched, buckets: readonly Bucket[]): Sighting {
  const { counter, labels, groupKey } = first
  const { rule } = counter
  const { condition, forMs } = rule
  const changedMs = Math.min(...tallies.map(({ bucketMs }) => bucketMs))
  const run = findRun(condition, buckets, changedMs, forMs)
  const evidence = newestOf(buckets.flatMap((bucket) => bucket.evidence))
  const lastAtMs = Date.parse(evidence[0]?.at ?? '')
  const sinceMs = run?.sinceMs ?? lastAtMs
  const began = buckets.find(({ startMs, matched }) => matched > 0 && startMs > sinceMs - condition.windowMs)
  return {
    rule,
    labels,
    groupKey,
    seen: { holds: run !== undefined, sinceMs, untilMs: run?.untilMs ?? lastAtMs, mayEnd: false },
    value: run?.peak.value ?? 0,
    total: run?.peak.total ?? 0,
    count: run?.peak.matched ?? 0,
    added: tallies.reduce((sum, { matched }) => sum + matched, 0),
    firstAtMs: began?.startMs ?? sinceMs,
    lastAtMs,
    evidence,
  }
}
