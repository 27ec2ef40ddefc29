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
 * A payment that was accepted. k6 writes a line of JSON for each, as evidence for the verdict; between them stand
 * {@link Remark}s.
 */
export interface AcceptedPayment {
  readonly id: string
  readonly source: string
  readonly destination: string
  /** Minor units. */
  readonly amount: number
  /** When the 202 arrived, in milliseconds of the epoch. */
  readonly accepted_at_ms: number
}

export type Remark =
  | { readonly remark: 'started'; readonly at_ms: number }
  | { readonly remark: 'refused'; readonly operation: string; readonly status: number; readonly detail: string }
  | {
      readonly remark: 'backwards' | 'token_not_met'
      readonly account: string
      readonly operation: string
      readonly expected: number
      readonly got: number
    }
  | { readonly remark: 'malformed'; readonly operation: string; readonly detail: string }
