import { table } from '@paycluster/cluster/commands/table'
import type { Percentiles } from '../report/percentile.ts'
import type { Stages } from './stage-figures.ts'

/** Stages and journeys as text; undefined of a profile that has neither. */
export function stagesText({ stages, journeys, finalAfter }: Stages): string | undefined {
  const parts: string[] = []
  if (stages.length > 0) {
    const rows = stages.map(({ name, level, requestsPerS, failed, reads, accepts }) => [
      name,
      String(level),
      requestsPerS.toFixed(0),
      ...[reads?.p50, reads?.p95, accepts?.p50, accepts?.p95].map((ms) => ms?.toFixed(1) ?? '-'),
      String(failed),
    ])
    const heads = ['STAGE', 'LEVEL', 'REQ/S', 'READ P50', 'P95', 'ACCEPT P50', 'P95', 'FAILED']
    parts.push(table(heads, rows))
  }
  if (journeys !== undefined) parts.push(`journeys without their pauses ${timesText(journeys)}`)
  if (finalAfter !== undefined) parts.push(`accepted → seen final by the client ${timesText(finalAfter)}`)
  return parts.length === 0 ? undefined : parts.join('\n')
}

const timesText = ({ count, p50, p95, p99 }: Percentiles): string =>
  `p50/p95/p99: ${p50.toFixed(0)} / ${p95.toFixed(0)} / ${p99.toFixed(0)} ms, ${count} of them`
