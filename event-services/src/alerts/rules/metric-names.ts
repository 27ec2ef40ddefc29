/** What of the cluster's state a rule can look at: by name, and what each value is of. */
export const METRICS = {
  dead_letters: { labels: [], of: 'open dead letters' },
  group_lag: { labels: ['group', 'topic'], of: 'messages that a consumer group has not done with' },
  replica_lag_ms: { labels: ['node'], of: 'for how long something is missing on a replica' },
  replica_lag_bytes: { labels: ['node'], of: 'log that a replica has not replayed' },
  node_down: { labels: ['node', 'role'], of: '1 for a database node that cannot be asked, 0 otherwise' },
  process_not_ready: { labels: ['process'], of: '1 for a process that cannot serve, 0 otherwise' },
  breaker_open: { labels: ['breaker', 'process'], of: '1 for a circuit breaker that is open, 0 otherwise' },
  queue_depth: { labels: ['queue', 'process'], of: 'what waits in a process' },
} as const satisfies Readonly<Record<string, { readonly labels: readonly string[]; readonly of: string }>>

export type MetricName = keyof typeof METRICS
export const METRIC_NAMES = Object.keys(METRICS) as [MetricName, ...MetricName[]]
