/** What is seen of a rule on a metric in the state of the cluster. */
import type { AlertEvidence, ClusterState } from '@paycluster/contracts'
import { isoTime } from '@paycluster/platform/iso-time'
import type { AlertRow } from '../book/alert-row.ts'
import type { Sighting } from '../book/sighting.ts'
import { groupKeyOf, type Labels } from '../counting/counter.ts'
import type { MetricCondition, Rule } from '../rules/rule.ts'
import { samplesOf } from './samples.ts'

interface Group {
  readonly labels: Labels
  readonly groupKey: string
  /** The highest of its samples. */
  value: number
}

/** @param open  the rule's alerts that are not resolved @returns none where the metric is not known now */
export function sightMetric(
  rule: Rule<MetricCondition>,
  state: ClusterState,
  open: readonly AlertRow[],
  nowMs: number,
): Sighting[] {
  const { metric, where, above } = rule.condition
  const samples = samplesOf(state, metric)
  if (samples === undefined) return []
  const groups = new Map<string, Group>()
  for (const { labels: all, value } of samples) {
    if (!Object.entries(where).every(([label, wanted]) => all[label] === wanted)) continue
    const labels = Object.fromEntries(rule.groupBy.map((label) => [label, all[label] ?? '']))
    const groupKey = groupKeyOf(labels)
    const group = groups.get(groupKey) ?? { labels, groupKey, value }
    group.value = Math.max(group.value, value)
    groups.set(groupKey, group)
  }
  // What an open alert was about and is not there any more is over.
  for (const { group_key: groupKey, labels } of open)
    if (!groups.has(groupKey)) groups.set(groupKey, { labels, groupKey, value: 0 })
  return [...groups.values()].map(({ labels, groupKey, value }) => {
    const holds = value > above
    const evidence: AlertEvidence = {
      at: isoTime(nowMs),
      event_id: null,
      type: metric,
      subject: Object.values(labels).join(' ') || metric,
      value,
    }
    return {
      rule,
      labels,
      groupKey,
      seen: { holds, sinceMs: nowMs, untilMs: nowMs, mayEnd: true },
      value,
      total: 0,
      count: 1,
      added: holds ? 1 : 0,
      firstAtMs: nowMs,
      lastAtMs: nowMs,
      evidence: holds ? [evidence] : [],
    }
  })
}
