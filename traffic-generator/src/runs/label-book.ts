/**
 * What of a run was suspicious, for the precision and the recall of rules that should have found it: a line of JSON for each
 * instance of a pattern when it is over, and at the end one with the counts of everything else.
 */
import type { Act, ActKind, Suspicion } from '../planning/act.ts'
import type { Label } from '../scenario/patterns.ts'
import type { ActResult, Outcome } from '../sending/act-result.ts'

/** An act of a pattern that did not come to what was planned. */
export interface RefusedAct {
  readonly kind: ActKind
  readonly outcome: Outcome
  readonly code: string | null
  /** The payment as which it is in the ledger, failed; null where there is none, or nobody knows. */
  readonly payment: string | null
}

export interface PatternLine {
  readonly label: Label
  readonly instance: string
  readonly accounts: readonly string[]
  /** Those that were made: succeeded, held, or accepted and not final yet. */
  readonly payments: readonly string[]
  readonly refunds: readonly string[]
  readonly refused: readonly RefusedAct[]
  /** Acts that carry the label, and how many of them were begun: fewer where the run was stopped. */
  readonly planned: number
  readonly begun: number
  readonly from: string
  readonly to: string
}

/** The last line: what carries no label. */
export interface OrdinaryLine {
  readonly label: null
  /** Payments that the ledger has, failed ones included; also those in batches. */
  readonly payments: number
  readonly acts: Readonly<Partial<Record<ActKind, Readonly<Partial<Record<Outcome, number>>>>>>
}

export interface LabelCounts {
  readonly instances: number
  /** Payments that the ledger has, failed ones included. */
  readonly payments: number
}

interface OpenInstance {
  readonly suspicion: Suspicion
  readonly payments: string[]
  readonly refunds: string[]
  readonly refused: RefusedAct[]
  begun: number
  over: number
  readonly fromMs: number
  toMs: number
}

export class LabelBook {
  readonly #write: (line: PatternLine | OrdinaryLine) => void
  readonly #open = new Map<string, OpenInstance>()
  readonly #counts = new Map<Label, { instances: number; payments: number }>()
  readonly #ordinary: Partial<Record<ActKind, Partial<Record<Outcome, number>>>> = {}
  #ordinaryPayments = 0

  /** @param write  keeps a line */
  constructor(write: (line: PatternLine | OrdinaryLine) => void) {
    this.#write = write
  }

  get counts(): Partial<Record<Label, LabelCounts>> {
    return Object.fromEntries(this.#counts)
  }

  /** @param nowMs  milliseconds of the epoch */
  begin({ suspicion }: Act, nowMs: number): void {
    if (suspicion === undefined) return
    const known = this.#open.get(suspicion.instance)
    if (known !== undefined) {
      known.begun += 1
      return
    }
    const instance = {
      suspicion,
      payments: [],
      refunds: [],
      refused: [],
      begun: 1,
      over: 0,
      fromMs: nowMs,
      toMs: nowMs,
    }
    this.#open.set(suspicion.instance, instance)
    const counts = this.#countsOf(suspicion.label)
    counts.instances += 1
  }

  finish(act: Act, result: ActResult, nowMs: number): void {
    if (act.suspicion === undefined) {
      this.#finishOrdinary(act, result)
      return
    }
    const open = this.#open.get(act.suspicion.instance)
    if (open === undefined) return
    const { outcome, code = null, payments, refund } = result
    this.#countsOf(act.suspicion.label).payments += payments.length
    if (outcome === 'done' || outcome === 'accepted') {
      open.payments.push(...payments.map(({ id }) => id))
      if (refund !== undefined) open.refunds.push(refund)
    } else open.refused.push({ kind: act.kind, outcome, code, payment: payments[0]?.id ?? null })
    open.over += 1
    open.toMs = nowMs
    if (open.over === act.suspicion.acts) this.#close(open)
  }

  /** Writes what is open, and the last line. */
  end(): void {
    for (const open of [...this.#open.values()]) this.#close(open)
    this.#write({ label: null, payments: this.#ordinaryPayments, acts: this.#ordinary })
  }

  #countsOf(label: Label): { instances: number; payments: number } {
    const counts = this.#counts.get(label) ?? { instances: 0, payments: 0 }
    this.#counts.set(label, counts)
    return counts
  }

  #finishOrdinary({ kind }: Act, { outcome, payments }: ActResult): void {
    const counts = (this.#ordinary[kind] ??= {})
    counts[outcome] = (counts[outcome] ?? 0) + 1
    this.#ordinaryPayments += payments.length
  }

  #close({ suspicion, payments, refunds, refused, begun, fromMs, toMs }: OpenInstance): void {
    const { label, instance, accounts, acts: planned } = suspicion
    this.#open.delete(instance)
    const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
    this.#write({ label, instance, accounts, payments, refunds, refused, planned, begun, from, to })
  }
}
