/** A run as its report has it: of the API, of the command, and of the file that is kept. */
import { z } from 'zod'

const counts = z.record(z.string(), z.number())

export const RUN_STATES = ['running', 'stopping', 'finished', 'stopped', 'failed', 'interrupted'] as const

export const runReportSchema = z.object({
  id: z.string(),
  scenario: z.string(),
  seed: z.number(),
  /** `interrupted`: its process was killed. */
  state: z.enum(RUN_STATES),
  /** Why it failed. */
  error: z.string().nullable(),
  url: z.string(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  /** Of the scenario, and since the start. */
  duration_s: z.number(),
  elapsed_s: z.number(),
  phase: z.string().nullable(),
  /** Acts a second that are planned now, patterns left out. */
  rate: z.number(),
  /** Sent a second: of the last seconds, and since the start. */
  rate_reached: z.object({ recent: z.number(), overall: z.number() }),
  /** Acts whose time has come; those of them that were sent; those that were not. */
  planned: z.number(),
  sent: z.number(),
  skipped: z.number(),
  in_flight: z.number(),
  /** How much later than planned acts had their turn. */
  lag_ms: z.object({ p50: z.number(), p95: z.number(), max: z.number() }),
  by_kind: z.record(z.string(), counts),
  /** What was not done, by the failure's or the problem's code. */
  failures: counts,
  /** Failures and refusals that the scenario does not account for. */
  unexpected: z.number(),
  /** Single payments that the cluster has, also those of batches and patterns; refunds likewise. */
  payments: z.object({ done: z.number(), accepted: z.number(), failed: z.number() }),
  refunds: z.object({ done: z.number(), accepted: z.number(), failed: z.number() }),
  /** Instances of patterns that have begun, and their payments. */
  labels: z.record(z.string(), z.object({ instances: z.number(), payments: z.number() })),
  /** Accounts that could not be unblocked again. */
  left_blocked: z.array(z.string()),
})

export type RunReport = z.infer<typeof runReportSchema>
export type RunState = RunReport['state']
