import {
  acknowledgeAlertSchema,
  alertRulesSchema,
  alertSchema,
  createSilenceSchema,
  fullAlertSchema,
  silenceSchema,
  type Alert,
  type AlertRules,
  type FullAlert,
  type Silence,
} from '../alerts.ts'
import { alertIdSchema, EXAMPLE_IDS, silenceIdSchema } from '../ids.ts'
import { listAlertsQuerySchema, listSilencesQuerySchema, pageSchema } from '../lists.ts'
import { createdHeaders, optionalKeyHeaders } from './headers.ts'
import { change, LIST_PROBLEMS, readCurrent, readLive } from './operation.ts'

const tag = 'Operations'
const scope = 'ops'
const operator = { client_id: 1, key_id: '4v8m2c0d5ra7' }

const alert: Alert = {
  id: EXAMPLE_IDS.alert,
  rule: 'payment-failures',
  severity: 'critical',
  state: 'firing',
  labels: { 'payment.currency': 'USD' },
  summary: '62 % of 180 payments in USD failed within 5m',
  value: 62,
  count: 112,
  first_at: '2026-11-27T08:58:10.000Z',
  last_at: '2026-11-27T09:00:00.000Z',
  fired_at: '2026-11-27T08:59:00.000Z',
  acknowledged: null,
  resolved_at: null,
  silenced_by: null,
  version: 1,
}
const acknowledged: Alert = {
  ...alert,
  state: 'acknowledged',
  acknowledged: { at: '2026-11-27T09:02:00.000Z', by: operator, comment: 'The bank is informed' },
  version: 2,
}
const full: FullAlert = {
  ...alert,
  evidence: [
    {
      at: '2026-11-27T09:00:00.000Z',
      event_id: `${EXAMPLE_IDS.payment}.1`,
      type: 'payment.failed',
      subject: EXAMPLE_IDS.payment,
      value: null,
    },
  ],
  escalation: [
    { after_s: 0, notify: ['log', 'webhook'] },
    { after_s: 600, notify: ['telegram'] },
  ],
  next_notice_at: '2026-11-27T09:09:00.000Z',
  notifications: [
    {
      id: '019ac3f29a407e7f8d5c2b1a09f8e7d6',
      notice: 'raised',
      channel: 'webhook',
      state: 'delivered',
      attempts: 1,
      created_at: '2026-11-27T08:59:00.000Z',
      next_attempt_at: null,
      finished_at: '2026-11-27T08:59:00.120Z',
      error: null,
    },
  ],
}
const silence: Silence = {
  id: EXAMPLE_IDS.silence,
  state: 'active',
  matcher: { rule: 'replica-lag', severity: null, labels: {} },
  reason: 'A replica is being made anew',
  until: '2026-11-28T09:00:00.000Z',
  created_at: '2026-11-27T09:00:00.000Z',
  created_by: operator,
}
const rules: AlertRules = {
  file: 'event-services/alerts/rules.yaml',
  version: '3f0c9a1b52de',
  loaded_at: '2026-11-27T08:00:00.000Z',
  rules: [
    {
      name: 'payment-failures',
      severity: 'critical',
      kind: 'event',
      condition: 'payment.failed above 50 % of payment.succeeded, payment.failed within 5m, of at least 100',
      group_by: ['payment.currency'],
      for_s: 0,
      resolve_after_s: 60,
      escalation: full.escalation,
      repeat: { every_s: 3600, at_most: 5 },
    },
  ],
  channels: [
    { name: 'log', is_configured: true },
    { name: 'webhook', is_configured: true },
    { name: 'telegram', is_configured: false },
  ],
  refused: {
    at: '2026-11-27T08:30:00.000Z',
    version: 'a07d41f83b6c',
    faults: [{ line: 12, column: 15, field: 'rules[1].severity', detail: 'is none of info, warning, critical' }],
  },
}

export const ALERT_OPERATIONS = [
  readCurrent({
    id: 'listAlerts',
    path: '/v1/ops/alerts',
    tag,
    scope,
    summary: 'List alerts',
    description: 'Newest first. What is resolved is kept for 30 days.',
    query: listAlertsQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(alertSchema),
      examples: { 'last page': { data: [alert], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  readCurrent({
    id: 'readAlert',
    path: '/v1/ops/alerts/:id',
    tag,
    scope,
    summary: 'Read an alert',
    description: 'With what it rests on, and who was told of it.',
    pathParameters: { id: alertIdSchema },
    answer: { description: 'The alert', body: fullAlertSchema, examples: { firing: full } },
    problems: ['not_found'],
  }),
  change({
    id: 'acknowledgeAlert',
    method: 'POST',
    path: '/v1/ops/alerts/:id/acknowledge',
    tag,
    scope,
    summary: 'Acknowledge an alert',
    description: [
      'Nobody is told of it again before it is resolved. Acknowledged again, it stays as it is: the first who took note of',
      'it is named.',
    ].join(' '),
    pathParameters: { id: alertIdSchema },
    body: {
      schema: acknowledgeAlertSchema,
      isOptional: true,
      examples: { 'with a comment': { comment: 'The bank is informed' }, plain: {} },
    },
    status: 200,
    answer: { description: 'The alert', body: alertSchema, examples: { acknowledged } },
    problems: ['not_found', 'alert_resolved'],
  }),
  readLive({
    id: 'readAlertRules',
    path: '/v1/ops/alert-rules',
    tag,
    scope,
    summary: 'Read the rules that are in force',
    description: [
      'Of the process that answers: a changed file counts within seconds. Of a file that was refused, each fault with its',
      'line and field; the rules before it stay in force.',
    ].join(' '),
    answer: { description: 'The rules', body: alertRulesSchema, examples: { 'a refused file': rules } },
  }),
  readCurrent({
    id: 'listSilences',
    path: '/v1/ops/silences',
    tag,
    scope,
    summary: 'List silences',
    description: 'Newest first. What has ended is kept for 30 days.',
    query: listSilencesQuerySchema,
    answer: {
      description: 'A page',
      body: pageSchema(silenceSchema),
      examples: { 'last page': { data: [silence], next_cursor: null } },
    },
    problems: LIST_PROBLEMS,
  }),
  change({
    id: 'createSilence',
    method: 'POST',
    path: '/v1/ops/silences',
    tag,
    scope,
    summary: 'Silence alerts for a while',
    description: [
      'Alerts that fit are raised and listed, and nobody is told of them. One that is open still when the silence ends is',
      'told then, unless it is acknowledged.',
    ].join(' '),
    headers: optionalKeyHeaders,
    body: {
      schema: createSilenceSchema,
      examples: {
        'a rule': { matcher: { rule: 'replica-lag' }, until: '2099-11-28T09:00:00Z', reason: 'A replica is made anew' },
        'a group': {
          matcher: { rule: 'payment-failures', labels: { 'payment.currency': 'USD' } },
          until: '2099-11-28T09:00:00Z',
          reason: 'A load test',
        },
      },
    },
    status: 201,
    answer: {
      description: 'The silence',
      headers: createdHeaders,
      body: silenceSchema,
      examples: { silence },
    },
    problems: ['idempotency_key_invalid', 'idempotency_key_reused'],
  }),
  change({
    id: 'endSilence',
    method: 'DELETE',
    path: '/v1/ops/silences/:id',
    tag,
    scope,
    summary: 'End a silence',
    description: 'What it kept from being told and is open still is told now. One that has ended stays as it is.',
    pathParameters: { id: silenceIdSchema },
    status: 204,
    answer: { description: 'It has ended' },
    problems: ['not_found'],
  }),
]
