/**
 * What becomes of an alert.
 *
 *     (none) ──holds──▶ pending ──for long enough──▶ firing ──▶ acknowledged ──┐
 *                          └──────over──────▶ (none)     └──────over for long enough──▶ resolved
 */
import type { Rule } from '../rules/rule.ts'

/** An alert that is not resolved. */
export interface OpenState {
  readonly state: 'pending' | 'firing' | 'acknowledged'
  readonly holdsSinceMs: number
  readonly overSinceMs: number | null
}

/** What was seen of a rule's condition, in one group. */
export interface Seen {
  readonly holds: boolean
  /** Since when it holds as far as was seen, and until when. */
  readonly sinceMs: number
  readonly untilMs: number
  /** Whether it may be taken for over: events that were not read yet may say something else. */
  readonly mayEnd: boolean
}

export type Decision =
  | { readonly kind: 'none' }
  | { readonly kind: 'begin' }
  | { readonly kind: 'fire' }
  /** Its counts change, and for how long it holds. */
  | { readonly kind: 'update'; readonly overSinceMs: number | null }
  /** A pending one that came to nothing. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'resolve' }

export function decide(
  rule: Pick<Rule, 'forMs' | 'resolveAfterMs'>,
  open: OpenState | undefined,
  seen: Seen,
): Decision {
  if (seen.holds) {
    const isRunning = open === undefined || open.state === 'pending'
    const sinceMs = open === undefined ? seen.sinceMs : Math.min(open.holdsSinceMs, seen.sinceMs)
    if (isRunning && seen.untilMs - sinceMs >= rule.forMs) return { kind: 'fire' }
    return open === undefined ? { kind: 'begin' } : { kind: 'update', overSinceMs: null }
  }
  if (open === undefined) return { kind: 'none' }
  if (!seen.mayEnd) return { kind: 'update', overSinceMs: open.overSinceMs }
  if (open.state === 'pending') return { kind: 'drop' }
  const overSinceMs = open.overSinceMs ?? seen.untilMs
  return seen.untilMs - overSinceMs >= rule.resolveAfterMs ? { kind: 'resolve' } : { kind: 'update', overSinceMs }
}
