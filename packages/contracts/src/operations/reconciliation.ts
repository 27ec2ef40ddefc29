import { z } from 'zod'
import { EXAMPLE_IDS, reconciliationRunIdSchema } from '../ids.ts'
import { listDifferencesQuerySchema, listReconciliationRunsQuerySchema, pageSchema } from '../lists.ts'
import {
  differenceSchema,
  reconciliationRunSchema,
  reconciliationSummarySchema,
  startReconciliationSchema,
  STATEMENT_COLUMNS,
  statementDaySchema,
  type Difference,
  type ReconciliationRun,
  type ReconciliationSummary,
} from '../reconciliation.ts'
import { runHeaders } from './headers.ts'
import { change, LIST_PROBLEMS, readCurrent } from './operation.ts'

const tag = 'Operations'
const scope = 'ops'

const running: ReconciliationRun = {
  id: EXAMPLE_IDS.reconciliationRun,
  kind: 'statement',
  state: 'running',
  day: '2026-11-26',
  source: 'bank',
  is_full: true,
  asked_by: { client_id: 1, key_id: '4v8m2c0d5ra7' },
  created_at: '2026-11-27T09:00:00.000Z',
  finished_at: null,
  checked: 0,
  found: 0,
  opened: 0,
  resolved: 0,
  is_truncated: false,
  error: null,
}
const done: ReconciliationRun = {
  ...running,
  state: 'succeeded',
  finished_at: '2026-11-27T09:00:02.310Z',
  checked: 41_022,
  found: 1,
  opened: 1,
}
const failed: ReconciliationRun = {
  ...running,
  state: 'failed',
  finished_at: '2026-11-27T09:00:00.310Z',
  error: 'line 3: amount is no whole number of minor units',
}
const difference: Difference = {
  id: EXAMPLE_IDS.difference,
  kind: 'amount_differs',
  run_kind: 'statement',
  severity: 'critical',
  state: 'open',
  subject: EXAMPLE_IDS.payment,
  day: '2026-11-26',
  payment_id: EXAMPLE_IDS.payment,
  account_id: null,
  expected: '1250 USD',
  found: '1520 USD, op_77 in line 812',
  remedy: 'Ask the bank what it has moved under this key; correct the one that is wrong by a payment of its own',
  first_seen: '2026-11-27T09:00:02.200Z',
  last_seen: '2026-11-27T09:00:02.200Z',
  resolved_at: null,
  version: 1,
  run_id: EXAMPLE_IDS.reconciliationRun,
}
const summary: ReconciliationSummary = {
  newest_runs: [done],
  open_differences: [{ kind: 'amount_differs', count: 1 }],
  statements_through: '2026-11-26',
}

const statement = `${STATEMENT_COLUMNS.join(',')}\r\nop_1,${EXAMPLE_IDS.payment},collection,1250,USD,,2026-11-26T10:00:00.000Z,1250\r\n`

export const RECONCILIATION_OPERATIONS = [
  readCurrent({
    id: 'readReconciliation',
    path: '/v1/ops/reconciliation',
    tag,
    scope,
    summary: 'See how the ledger stands against the bank and its copies',
    description: 'The newest run of each kind, and how many differences are open.',
    answer: { description: 'The state', body: reconciliationSummarySchema, examples: { 'one difference': summary } },
  }),
  readCurrent({
    id: 'listReconciliationRuns',
    path: '/v1/ops/reconciliation/runs',
    tag,
    scope,
    summary: 'List runs of the reconciliation',
    description: 'Newest first.',
    query: listReconciliationRunsQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(reconciliationRunSchema),
      examples: { 'last page': { data: [done, failed], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  change({
    id: 'startReconciliation',
    method: 'POST',
    path: '/v1/ops/reconciliation/runs',
    tag,
    scope,
    summary: 'Compare now',
    description: [
      'Starts a run of one kind, as the schedule does. One of a kind is under way at a time; it ends by itself, and',
      'whether it has is to be read. It compares, and mends nothing.',
    ].join(' '),
    body: {
      schema: startReconciliationSchema,
      examples: {
        'a day of the bank’s': { kind: 'statement', day: '2026-11-26' },
        'the whole cache': { kind: 'cache', full: true },
      },
    },
    status: 202,
    answer: {
      description: 'It is under way',
      headers: runHeaders,
      body: reconciliationRunSchema,
      examples: { running },
    },
    problems: ['reconciliation_running', 'statement_source_missing'],
  }),
  readCurrent({
    id: 'readReconciliationRun',
    path: '/v1/ops/reconciliation/runs/:id',
    tag,
    scope,
    summary: 'Read a run',
    description: 'What it has compared and found so far, or why it failed.',
    pathParameters: { id: reconciliationRunIdSchema },
    answer: { description: 'The run', body: reconciliationRunSchema, examples: { done, failed } },
    problems: ['not_found'],
  }),
  readCurrent({
    id: 'listDifferences',
    path: '/v1/ops/reconciliation/differences',
    tag,
    scope,
    summary: 'List differences',
    description: 'By when they were first seen, newest first. One that a later run no longer finds is `resolved`.',
    query: listDifferencesQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(differenceSchema),
      examples: { 'last page': { data: [difference], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  change({
    id: 'giveStatement',
    method: 'POST',
    path: '/v1/ops/reconciliation/statements/:day',
    tag,
    scope,
    summary: 'Give a statement as a file',
    description: [
      `The bank's statement of a day of UTC as CSV (RFC 4180, UTF-8), with the columns \`${STATEMENT_COLUMNS.join('`, `')}\``,
      'and 256 MiB at most. It is read as it comes; when it cannot be read as a whole, the run fails with the line at fault,',
      'and nothing is compared. The signature of a key that signs is over an empty body here.',
    ].join(' '),
    pathParameters: { day: statementDaySchema },
    body: {
      schema: z.string().meta({ description: 'CSV, of which the first line names the columns' }),
      contentType: 'text/csv',
      examples: { 'one line': statement },
    },
    status: 202,
    answer: {
      description: 'It was read, and is being compared',
      headers: runHeaders,
      body: reconciliationRunSchema,
      examples: { running: { ...running, source: 'file', checked: 1 } },
    },
    problems: ['not_found', 'reconciliation_running', 'statement_invalid'],
  }),
]
