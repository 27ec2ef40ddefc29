import { clusterStateSchema, type ClusterState } from '../cluster-state.ts'
import { readLive } from './operation.ts'

const state: ClusterState = {
  as_of: '2026-11-27T09:00:00.000Z',
  processes: [
    {
      name: 'payment-worker-1',
      is_up: true,
      is_ready: false,
      reasons: { ledger: 'no standby: commits would wait' },
      started_at: '2026-11-27T08:00:00.000Z',
      memory_bytes: 160_000_000,
      cpu_seconds: 41.2,
      event_loop_p99_ms: 12.1,
    },
  ],
  nodes: [
    { name: 'primary', role: 'primary', is_up: true, lag_bytes: null, lag_ms: null },
    { name: 'replica-1', role: 'replica', is_up: true, lag_bytes: 0, lag_ms: 0 },
  ],
  groups: [{ group: 'payment-worker', topic: 'payment.commands', lag: 12, partitions: [{ partition: 3, lag: 12 }] }],
  breakers: [{ process: 'payment-worker-1', name: 'bank', is_open: false }],
  queues: [{ process: 'payment-service-1', name: 'messages waiting for Kafka', depth: 0 }],
  open_dead_letters: 0,
}

export const CLUSTER_OPERATIONS = [
  readLive({
    id: 'readCluster',
    path: '/v1/ops/cluster',
    tag: 'Operations',
    scope: 'ops',
    summary: 'See how the cluster is',
    description: [
      'Its processes and what keeps them from serving, its database nodes and how far behind they are, what its consumer',
      'groups have not done with, breakers, queues, dead letters. Looked up when it is asked for, once a second at most.',
    ].join(' '),
    answer: { description: 'The state', body: clusterStateSchema, examples: { 'a worker without standby': state } },
  }),
]
