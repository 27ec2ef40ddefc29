import { analyticsSchema, type Analytics } from '../analytics.ts'
import { EXAMPLE_IDS } from '../ids.ts'
import { analyticsQuerySchema } from '../lists.ts'
import { readLive } from './operation.ts'

const hour: Analytics = {
  granularity: 'hour',
  from: '2026-11-27T09:00:00.000Z',
  to: '2026-11-27T10:00:00.000Z',
  as_of: '2026-11-27T09:59:58.120Z',
  data: [
    {
      at: '2026-11-27T09:00:00.000Z',
      merchant: EXAMPLE_IDS.merchant,
      kind: 'payment',
      count: 1200,
      succeeded: 1188,
      success_share: 0.99,
      volumes: [{ currency: 'USD', amount: '1500000', succeeded: '1485000' }],
      latency_ms: { p50: 27.4, p95: 64.9, p99: 108.9 },
    },
  ],
}

export const ANALYTICS_OPERATIONS = [
  readLive({
    id: 'readAnalytics',
    path: '/v1/ops/analytics',
    tag: 'Operations',
    scope: 'ops',
    summary: 'See what was paid, over time',
    description: [
      'Counts, volumes, the share that succeeded and how long it took, by minute, hour or day of when it happened.',
      'Minutes are kept for 14 days and hours for a year, unless set otherwise. More rows than 5,000 are 400: ask for a',
      'shorter time, or for fewer groups.',
    ].join(' '),
    query: analyticsQuerySchema,
    answer: { description: 'The figures', body: analyticsSchema, examples: { 'an hour of a merchant': hour } },
    problems: ['invalid_parameter'],
  }),
]
