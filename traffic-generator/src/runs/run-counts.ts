/** What a run has done so far, in numbers. */
import type { Act, ActKind } from '../planning/act.ts'
import { isUnexpected, OUTCOMES, type ActResult, type Outcome } from '../sending/act-result.ts'

/** Over which the present rate is counted, in slots of a second. */
const RECENT_SLOTS = 5
const SLOT_MS = 1000
/** Lags that are looked at for percentiles: the last ones. */
const KEPT_LAGS = 2000
/** The API has fewer codes; whatever comes beyond is counted as one. */
const MAX_CODES = 100

export type OutcomeCounts = Readonly<Record<Outcome, number>>

const noOutcomes = (): Record<Outcome, number> =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>

export class RunCounts {
  /** Acts whose time has come. */
  planned = 0
  sent = 0
  unexpected = 0
  readonly byKind = new Map<ActKind, Record<Outcome, number>>()
  readonly byCode = new Map<string, number>()
  /** Of single payments, also those in batches. */
  readonly payments = { done: 0, accepted: 0, failed: 0 }
  readonly refunds = { done: 0, accepted: 0, failed: 0 }
  readonly #slots = new Array<number>(RECENT_SLOTS + 1).fill(0)
  #slot = 0
  #lagsMs: number[] = []
  #maxLagMs = 0

  /** @param lagMs  how much later than planned its turn came */
  plan(lagMs: number): void {
    this.planned += 1
    this.#maxLagMs = Math.max(this.#maxLagMs, lagMs)
    this.#lagsMs.push(lagMs)
    if (this.#lagsMs.length > 2 * KEPT_LAGS) this.#lagsMs = this.#lagsMs.slice(-KEPT_LAGS)
  }

  /** @param atMs  since the start, now */
  send(atMs: number): void {
    this.sent += 1
    this.#moveTo(atMs)
    const at = this.#slot % this.#slots.length
    this.#slots[at] = (this.#slots[at] ?? 0) + 1
  }

  finish(act: Act, result: ActResult): void {
    const outcomes = this.byKind.get(act.kind) ?? noOutcomes()
    this.byKind.set(act.kind, outcomes)
    outcomes[result.outcome] += 1
    if (isUnexpected(result)) this.unexpected += 1
    if (result.code !== undefined) {
      const code = this.byCode.has(result.code) || this.byCode.size < MAX_CODES ? result.code : 'others'
      this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1)
    }
    for (const { outcome } of result.payments) this.payments[outcome] += 1
    const { refund, outcome } = result
    if (refund !== undefined && (outcome === 'done' || outcome === 'accepted' || outcome === 'failed'))
      this.refunds[outcome] += 1
  }

  /** Acts a second over the last seconds that are over. @param atMs  since the start, now */
  recentRate(atMs: number): number {
    this.#moveTo(atMs)
    const over = Math.min(this.#slot, RECENT_SLOTS)
    if (over === 0) return this.sent
    const sum = Array.from(
      { length: over },
      (_, back) => this.#slots[(this.#slot - 1 - back) % this.#slots.length] ?? 0,
    )
    return sum.reduce((total, count) => total + count, 0) / over
  }

  /** Of the last acts, in milliseconds; `max` of all. */
  get lagMs(): { readonly p50: number; readonly p95: number; readonly max: number } {
    const sorted = this.#lagsMs.slice(-KEPT_LAGS).sort((one, other) => one - other)
    const at = (share: number): number => round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
    return { p50: at(0.5), p95: at(0.95), max: round(this.#maxLagMs) }
  }

  /** Empties the slots between the last count and now. */
  #moveTo(atMs: number): void {
    const slot = Math.max(this.#slot, Math.floor(atMs / SLOT_MS))
    for (let empty = Math.max(this.#slot + 1, slot - RECENT_SLOTS); empty <= slot; empty += 1)
      this.#slots[empty % this.#slots.length] = 0
    this.#slot = slot
  }
}

const round = (ms: number): number => Math.round(ms * 10) / 10
