import type { Workload } from './workload.ts'

/** What the runner tells k6, as JSON in `LOAD_SETTINGS`. The API key is apart, in `LOAD_API_KEY`. */
export interface RunSettings {
  readonly profile: string
  readonly workload: Workload
  /** Without a slash at the end. */
  readonly url: string
  /** Begins every Idempotency-Key: no two runs share one. */
  readonly runId: string
  /** JSON: {@link Accounts}. */
  readonly accountsFile: string
  /** Where k6 writes its summary, JSON. */
  readonly summaryFile: string
}

/** Who pays and who is paid. All of one currency. */
export interface Accounts {
  readonly currency: string
  readonly customers: readonly string[]
  readonly merchants: readonly string[]
}

/**
 * What clients saw, as k6 writes it down: a line of JSON for each payment that was accepted, and {@link Remark}s between
 * them. The lines of one user are in the order of its answers.
 */
export interface AcceptedPayment {
  readonly id: string
  readonly source: string
  readonly destination: string
  /** Minor units. */
  readonly amount: number
  /** When the 202 arrived, in milliseconds of the epoch. */
  readonly accepted_at_ms: number
  /** From 1, unique in the run. */
  readonly user: number
  /** What the user was told since its last line, of its account, the source, and of its last payment: {@link Seen}. */
  readonly seen: Seen
}

/**
 * Answers in their order, each preceded by a space. A line a read would cost k6 more than the read's check.
 *
 *     b12 s12    the account's version: of a balance, of a statement's newest page, of an older page (e)
 *     b13~12     of a balance whose request had a token that demanded version 12
 *     pq ps      the user's last payment: queued, succeeded
 *     pf:<code>  failed
 */
export type Seen = string

export type Remark =
  | { readonly remark: 'started'; readonly at_ms: number }
  | { readonly remark: 'ended' }
  | { readonly remark: 'seen'; readonly user: number; readonly account: string; readonly seen: Seen }
  /** A payment that may have been accepted: its answer did not come, or was a 5xx. */
  | { readonly remark: 'unknown'; readonly source: string; readonly destination: string; readonly amount: number }
  | { readonly remark: 'refused'; readonly operation: string; readonly status: number; readonly detail: string }
  | {
      readonly remark: 'backwards' | 'token_not_met'
      readonly account: string
      readonly operation: string
      readonly expected: number
      readonly got: number
    }
  | { readonly remark: 'malformed'; readonly operation: string; readonly detail: string }

/** What is wrong, as a client noticed it at once. */
export type Fault = Exclude<Remark, { readonly remark: 'started' | 'ended' | 'seen' | 'unknown' }>
