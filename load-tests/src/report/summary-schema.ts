/**
 * `summary.json`: all that a run came to, for programs. Readers check `schema`: it grows by one whenever a field changes
 * its meaning or goes; fields that come do not change it. `timeline.json` beside it holds the run second by second.
 *
 * Names end with their unit. A field that is left out was not measured, as most of the cluster's are by address alone.
 */
import { z } from 'zod'
import { PANELS, type Panel } from '../timeline/panels.ts'
import { RULES, type Rule } from '../verdict/rules.ts'
import type { Workload } from '../workload/workload.ts'

export const SUMMARY_SCHEMA = 1

const ruleSchema = z.enum(Object.keys(RULES) as [Rule, ...Rule[]])

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly()
const count = z.number().int().min(0)
const ms = z.number()
const percentiles = z.object({ count, p50: ms, p95: ms, p99: ms, max: ms })
const operation = z.string()

const clientsSchema = z.object({
  requests: count.describe('of the whole run'),
  failed: count.describe('of the whole run'),
  measured: z.object({
    requests: count,
    reads: percentiles.optional().describe('all reads as one'),
    operations: list(percentiles.extend({ operation, failed: count })),
  }),
  versionsBackwards: count,
  tokensSent: count,
  tokensNotMet: count,
  malformed: count,
  bodiesChecked: count,
})

const settlementSchema = z.object({
  source: z.enum(['ledger', 'API']),
  accepted: count,
  succeeded: count,
  failed: z.record(z.string(), count).describe('declined payments by code'),
  unsettled: list(z.string()).describe('ids without a final state'),
  drainS: z.number().optional().describe('from the last acceptance to the last posting'),
  posted: percentiles.optional().describe('acceptance to the begin of the batch’s posting, in ms'),
  committedPerS: z.number(),
})

export const usageSchema = z.object({
  tiers: list(
    z.object({
      tier: z.string(),
      cpuS: z.number(),
      cores: z.number().describe('1 is one core, busy all the time'),
      unit: z.enum(['request', 'read', 'write']),
      microsPerUnit: z.number().optional().describe('CPU time in µs for each of `unit`'),
      rssBytes: z.number(),
    }),
  ),
  machineCores: z.object({ busy: z.number(), all: z.number() }),
  otherCores: z.number().describe('busy with what is no part of the run'),
  memory: list(z.object({ node: z.string(), rssBytes: z.number() })),
  restarted: list(z.string()),
})

export const calibrationSchema = z.object({
  workMs: ms.describe('a round of fixed work, on every core at once'),
  nginxPerS: z.number().optional().describe('Nginx alone, one worker, `return 200`'),
})

export const environmentSchema = z.object({
  machine: z.object({ cpu: z.string(), cores: count, memoryBytes: count, system: z.string() }),
  commit: z.object({ hash: z.string(), isChanged: z.boolean() }).optional(),
  versions: z.record(z.string(), z.string()),
  settings: z.record(z.string(), z.unknown()).optional().describe('the native cluster’s'),
})

const thresholdSchema = z.object({
  name: z.string(),
  limit: z.string(),
  actual: z.string(),
  state: z.enum(['pass', 'fail', 'skipped']),
})

const verdictSchema = z.object({
  state: z.string(),
  findings: list(z.string()),
  invariants: list(
    z.object({
      id: z.string(),
      title: z.string(),
      state: z.enum(['ok', 'violated', 'unchecked', 'not applicable']),
      checked: count,
      violations: count,
      rows: list(z.record(z.string(), z.unknown())).describe('the first offenders'),
      notes: list(z.string()),
      durationMs: ms,
    }),
  )
    .optional()
    .describe('as `npm run verify` checks them; empty when they were not'),
  rules: list(z.object({ rule: ruleSchema, checked: count, violations: count }))
    .default([])
    .describe('checked is 0 of what is only looked for in accounts that do not add up'),
  offences: list(
    z.object({
      rule: ruleSchema,
      detail: z.string(),
      user: count.optional(),
      account: z.string().optional(),
      payment: z.string().optional(),
      history: z.string().optional().describe('answers about the account, oldest first, as accepted.jsonl has them'),
    }),
  )
    .default([])
    .describe('the first of each rule; all of them are in violations.jsonl'),
})

export const summarySchema = z.object({
  schema: z.literal(SUMMARY_SCHEMA),
  runId: z.string(),
  profile: z.string(),
  url: z.string(),
  startedAt: z.iso.datetime(),
  cut: z.boolean().describe('ended by hand before its time'),
  asDefined: z.boolean().describe('load and target were the profile’s own'),
  workload: z.custom<Workload>((value) => typeof value === 'object' && value !== null),
  generator: z.object({
    version: z.string(),
    GOGC: z.string(),
    GOMEMLIMIT: z.string(),
    cores: z.number().optional(),
    shareOfBusy: z.number().optional().describe('of all busy cores, 0 to 1'),
    delayMs: ms.optional().describe('what k6 added to a turn of a user, on average'),
    dropped: count.describe('arrivals that no user was free for'),
    collections: count.optional().describe('of k6’s memory while it was measured'),
  }),
  measuredS: z.number(),
  requestsPerS: z.number(),
  clients: clientsSchema,
  remarks: list(z.string()),
  settlement: settlementSchema.optional(),
  committed: z
    .object({ p50Ms: ms, p95Ms: ms, p99Ms: ms })
    .optional()
    .describe('acceptance to commit, by the workers’ histogram'),
  usage: usageSchema.optional(),
  calibration: z.object({ before: calibrationSchema, after: calibrationSchema.optional() }),
  doubts: list(z.object({ kind: z.enum(['disturbed', 'generator']), text: z.string() })),
  environment: environmentSchema,
  verdict: verdictSchema,
  latencies: list(
    z.object({
      operation,
      buckets: list(z.object({ fromMs: ms, toMs: ms, count })).describe('measured requests; empty buckets left out'),
    }),
  ),
  thresholds: list(thresholdSchema),
  goals: list(z.object({ name: z.string(), limit: z.string(), actual: z.string(), met: z.boolean() })),
})

export type Summary = z.output<typeof summarySchema>

const panels = Object.keys(PANELS) as [Panel, ...Panel[]]

/** `timeline.json` */
export const timelineSchema = z.object({
  schema: z.literal(SUMMARY_SCHEMA),
  startedAtMs: z.number().describe('when the first user began, in milliseconds of the epoch'),
  measured: z
    .object({ fromS: z.number(), toS: z.number() })
    .optional()
    .describe('the window that the figures are of; left out when the run was cut before'),
  atS: list(z.number()).describe('seconds since then, of the end of each interval'),
  series: list(
    z.object({
      panel: z.enum(panels),
      name: z.string(),
      unit: z.string(),
      values: list(z.number().nullable()),
    }),
  ),
})

export type TimelineFile = z.output<typeof timelineSchema>
