import { describe, expect, it } from '@jest/globals'
import type { ClusterState } from '@paycluster/contracts'
import type { AlertRow } from '../book/alert-row.ts'
import { parseRules } from '../rules/parse-rules.ts'
import { isMetricRule } from '../rules/rule.ts'
import { sightMetric } from './sight-metric.ts'

const STATE: ClusterState = {
  as_of: '2026-11-27T09:00:00.000Z',
  processes: [
    {
      name: 'payment-worker-1',
      is_up: true,
      is_ready: false,
      reasons: {},
      started_at: null,
      memory_bytes: null,
      cpu_seconds: null,
      event_loop_p99_ms: null,
    },
  ],
  nodes: [
    { name: 'primary', role: 'primary', is_up: true, lag_bytes: null, lag_ms: null },
    { name: 'replica-1', role: 'replica', is_up: false, lag_bytes: 7, lag_ms: 9_000 },
    { name: 'replica-2', role: 'replica', is_up: true, lag_bytes: 0, lag_ms: 1 },
  ],
  groups: [
    { group: 'audit', topic: 'payment.events', lag: 40, partitions: [] },
    { group: 'webhooks', topic: 'payment.events', lag: 60, partitions: [] },
  ],
  breakers: [
    { process: 'payment-worker-1', name: 'bank', is_open: true },
    { process: 'inquiry-service-1', name: 'redis', is_open: false },
  ],
  queues: [{ process: 'payment-service-1', name: 'messages waiting for Kafka', depth: 3 }],
  open_dead_letters: 2,
}

function seen(metric: string, state: ClusterState = STATE, open: Partial<AlertRow>[] = []) {
  const text = `rules: [{ name: r, severity: info, summary: x, ${metric}, escalation: [{ notify: [log] }] }]`
  const [rule] = parseRules(text).filter(isMetricRule)
  if (rule === undefined) throw new Error('no rule')
  return sightMetric(rule, state, open as AlertRow[], 1).map(({ labels, value, seen: { holds } }) => [
    Object.values(labels).join(' '),
    value,
    holds,
  ])
}

describe('a rule on a metric', () => {
  it.each([
    ['metric: { name: dead_letters, above: 1 }', [['', 2, true]]],
    ['metric: { name: dead_letters, above: 2 }', [['', 2, false]]],
    ['metric: { name: group_lag, where: { group: audit }, above: 39 }', [['audit payment.events', 40, true]]],
    ['metric: { name: group_lag, above: 50 }, group_by: [topic]', [['payment.events', 60, true]]],
    [
      'metric: { name: replica_lag_ms, above: 5000 }',
      [
        ['replica-1', 9_000, true],
        ['replica-2', 1, false],
      ],
    ],
    [
      'metric: { name: replica_lag_bytes, above: 5 }',
      [
        ['replica-1', 7, true],
        ['replica-2', 0, false],
      ],
    ],
    [
      'metric: { name: node_down, where: { role: replica }, above: 0 }, group_by: [node]',
      [
        ['replica-1', 1, true],
        ['replica-2', 0, false],
      ],
    ],
    ['metric: { name: process_not_ready, above: 0 }', [['payment-worker-1', 1, true]]],
    ['metric: { name: breaker_open, where: { breaker: bank }, above: 0 }', [['bank payment-worker-1', 1, true]]],
    ['metric: { name: queue_depth, above: 2 }', [['messages waiting for Kafka payment-service-1', 3, true]]],
  ])('%s sees it by group', (metric, expected) => {
    expect(seen(metric)).toEqual(expected)
  })

  it('sees nothing where nobody says, and the end of what is gone', () => {
    const dead = 'metric: { name: dead_letters, above: 0 }'
    const lag = 'metric: { name: group_lag, above: 0 }'
    const open = [{ group_key: '["old","t"]', labels: { group: 'old', topic: 't' } }]
    expect(seen(dead, { ...STATE, open_dead_letters: null })).toEqual([])
    expect(seen(lag, { ...STATE, groups: null }, open)).toEqual([])
    expect(seen('metric: { name: node_down, above: 0 }', { ...STATE, nodes: [] })).toEqual([])
    expect(seen(lag, STATE, open)).toContainEqual(['old t', 0, false])
  })
})
