/** Reconciliation: the ledger against the bank's daily statement, and cache, replicas, events and Kafka against the ledger. */
import { z } from 'zod'
import { clientIdSchema } from './clients.ts'
import { accountIdSchema, differenceIdSchema, paymentIdSchema, reconciliationRunIdSchema } from './ids.ts'
import { keyIdSchema } from './keys.ts'
import { timeSchema } from './text.ts'

/**
 * What a run compares: `statement` a day of the bank's with tasks and ledger, `cache` the cache with the ledger, `replicas`
 * the replicas with the primary, `events` the log of events with the ledger, `offsets` Kafka's offsets with the ledger's.
 */
export const RECONCILIATION_KINDS = ['statement', 'cache', 'replicas', 'events', 'offsets'] as const
export type ReconciliationKind = (typeof RECONCILIATION_KINDS)[number]

export const RECONCILIATION_STATES = ['running', 'succeeded', 'failed'] as const
export type ReconciliationState = (typeof RECONCILIATION_STATES)[number]

/** Where the statement of a run came from. */
export const STATEMENT_SOURCES = ['bank', 'file'] as const
export type StatementSource = (typeof STATEMENT_SOURCES)[number]

/** What can be found, by the runs that find it. */
export const DIFFERENCE_KINDS = [
  // statement
  'missing',
  'extra',
  'amount_differs',
  'currency_differs',
  'rail_differs',
  'state_differs',
  'bank_id_differs',
  'duplicate',
  // cache
  'cache_differs',
  // replicas
  'replica_differs',
  'replica_behind',
  // events
  'event_missing',
  'event_ahead',
  // offsets
  'log_truncated',
  'commands_lost',
  'unpublished',
  'published_unposted',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/** `critical`: money may be wrong. `major`: what clients are told may be. `minor`: something is late. */
export const DIFFERENCE_SEVERITIES = ['critical', 'major', 'minor'] as const
export type DifferenceSeverity = (typeof DIFFERENCE_SEVERITIES)[number]

export const DIFFERENCE_STATES = ['open', 'resolved'] as const
export type DifferenceState = (typeof DIFFERENCE_STATES)[number]

/** A day of UTC. */
export const statementDaySchema = z.iso
  .date()
  .meta({ id: 'StatementDay', description: 'A day of UTC', example: '2026-11-26' })

export const reconciliationRunSchema = z
  .object({
    id: reconciliationRunIdSchema,
    kind: z.enum(RECONCILIATION_KINDS),
    state: z.enum(RECONCILIATION_STATES),
    day: statementDaySchema.nullable().meta({ description: 'Of a statement' }),
    source: z.enum(STATEMENT_SOURCES).nullable().meta({ description: 'Of a statement' }),
    is_full: z
      .boolean()
      .meta({ description: 'Whether everything is compared, instead of what has changed and a sample' }),
    asked_by: z
      .object({ client_id: clientIdSchema, key_id: keyIdSchema })
      .nullable()
      .meta({ description: 'null: the schedule' }),
    created_at: timeSchema,
    finished_at: timeSchema.nullable(),
    checked: z.int().meta({ description: 'Lines, entries of the cache, accounts, sequences or partitions compared' }),
    found: z.int().meta({ description: 'Differences that it found' }),
    opened: z.int().meta({ description: 'Of these the new ones' }),
    resolved: z.int().meta({ description: 'Differences of earlier runs that are no more' }),
    is_truncated: z
      .boolean()
      .meta({ description: 'Whether there was more than a run keeps: nothing is resolved then' }),
    error: z.string().nullable().meta({ description: 'Why it failed' }),
  })
  .meta({ id: 'ReconciliationRun', description: 'A comparison, under way or done' })
export type ReconciliationRun = z.infer<typeof reconciliationRunSchema>

export const differenceSchema = z
  .object({
    id: differenceIdSchema,
    kind: z.enum(DIFFERENCE_KINDS),
    run_kind: z.enum(RECONCILIATION_KINDS),
    severity: z.enum(DIFFERENCE_SEVERITIES),
    state: z.enum(DIFFERENCE_STATES),
    subject: z.string().meta({
      description: 'What it is about: a payment, an operation of the bank, a key of the cache, an account, a partition',
    }),
    day: statementDaySchema.nullable().meta({ description: 'Of the statement' }),
    payment_id: paymentIdSchema.nullable(),
    account_id: accountIdSchema.nullable(),
    expected: z.string().nullable().meta({ description: 'What the ledger says' }),
    found: z.string().nullable().meta({ description: 'What the other side says' }),
    remedy: z.string().meta({ description: 'What is proposed; nothing is mended by itself' }),
    first_seen: timeSchema,
    last_seen: timeSchema,
    resolved_at: timeSchema.nullable(),
    version: z.int().meta({ description: 'Counts how often it has come up: again after it was resolved' }),
    run_id: reconciliationRunIdSchema.meta({ description: 'The run that saw it last' }),
  })
  .meta({ id: 'Difference', description: 'Something that two parts of the cluster, or the bank, say differently' })
export type Difference = z.infer<typeof differenceSchema>

export const reconciliationSummarySchema = z
  .object({
    newest_runs: z.array(reconciliationRunSchema).meta({ description: 'The newest run of each kind that has had one' }),
    open_differences: z.array(z.object({ kind: z.enum(DIFFERENCE_KINDS), count: z.int() })),
    statements_through: statementDaySchema
      .nullable()
      .meta({ description: 'The last day up to which every statement since the first was compared' }),
  })
  .meta({ id: 'ReconciliationSummary', description: 'How the ledger stands against the bank and its own copies' })
export type ReconciliationSummary = z.infer<typeof reconciliationSummarySchema>

/** Body of `POST /v1/ops/reconciliation/runs`. */
export const startReconciliationSchema = z
  .strictObject({
    kind: z.enum(RECONCILIATION_KINDS),
    day: statementDaySchema.optional().meta({ description: 'Of a statement; yesterday without it' }),
    full: z.boolean().optional().meta({ description: 'Compare everything; a statement is always compared as a whole' }),
  })
  .refine(({ kind, day }) => kind === 'statement' || day === undefined, {
    error: 'is of a statement',
    path: ['day'],
  })
  .meta({ id: 'StartReconciliation', description: 'What to compare' })
export type StartReconciliation = z.infer<typeof startReconciliationSchema>

/** The first line of a statement, and what its lines have. */
export const STATEMENT_COLUMNS = [
  'id',
  'idempotency_key',
  'type',
  'amount',
  'currency',
  'reference',
  'settled_at',
  'balance_after',
] as const
