/** The cluster's state as the values that rules look at. */
import type { ClusterState } from '@paycluster/contracts'
import type { Labels } from '../counting/counter.ts'
import type { MetricName } from '../rules/metric-names.ts'

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

const flag = (isSet: boolean): number => (isSet ? 1 : 0)

const READERS: Readonly<Record<MetricName, (state: ClusterState) => Sample[] | undefined>> = {
  dead_letters: ({ open_dead_letters }) =>
    open_dead_letters === null ? undefined : [{ labels: {}, value: open_dead_letters }],
  group_lag: ({ groups }) => groups?.map(({ group, topic, lag }) => ({ labels: { group, topic }, value: lag })),
  replica_lag_ms: ({ nodes }) => lagsOf(nodes, 'lag_ms'),
  replica_lag_bytes: ({ nodes }) => lagsOf(nodes, 'lag_bytes'),
  node_down: ({ nodes }) =>
    known(nodes.map(({ name, role, is_up }) => ({ labels: { node: name, role }, value: flag(!is_up) }))),
  process_not_ready: ({ processes }) =>
    processes.map(({ name, is_ready }) => ({ labels: { process: name }, value: flag(!is_ready) })),
  breaker_open: ({ breakers }) =>
    breakers.map(({ name, process, is_open }) => ({ labels: { breaker: name, process }, value: flag(is_open) })),
  queue_depth: ({ queues }) =>
    queues.map(({ name, process, depth }) => ({ labels: { queue: name, process }, value: depth })),
}

/** @returns undefined where it is not known now, which is neither well nor ill */
export const samplesOf = (state: ClusterState, metric: MetricName): Sample[] | undefined => READERS[metric](state)

/** What nobody says is not known: no inquiry-service answers. */
const known = (samples: Sample[]): Sample[] | undefined => (samples.length === 0 ? undefined : samples)

const lagsOf = (nodes: ClusterState['nodes'], lag: 'lag_ms' | 'lag_bytes'): Sample[] | undefined =>
  known(nodes.flatMap(({ name, [lag]: value }) => (value === null ? [] : [{ labels: { node: name }, value }])))
