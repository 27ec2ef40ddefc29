/** A run's report, for people. */
import { table } from '@paycluster/cluster/commands/table'
import { OUTCOMES } from '@paycluster/traffic-generator/sending/act-result'
import type { RunReport } from '@paycluster/traffic-generator/runs/run-report'
import color from 'picocolors'

export function reportText(report: RunReport, labelsPath?: string): string {
  const { by_kind: byKind, failures, labels, rate_reached: rate, lag_ms: lag } = report
  const kinds = Object.entries(byKind).sort(([one], [other]) => (one < other ? -1 : 1))
  const rows = kinds.map(([kind, outcomes]) => [kind, ...OUTCOMES.map((outcome) => String(outcomes[outcome] ?? 0))])
  const lines = [
    `${color.bold(report.id)}  ${report.scenario}, seed ${report.seed}: ${stateText(report)} after ${report.elapsed_s} s`,
    '',
    table(['ACT', ...OUTCOMES.map((outcome) => outcome.toUpperCase())], rows),
    '',
    `planned ${report.planned}, sent ${report.sent} (${rate.overall} a second), skipped ${report.skipped}`,
    `behind the plan p50 ${lag.p50} ms, p95 ${lag.p95} ms, at most ${lag.max} ms`,
    `payments ${report.payments.done} done, ${report.payments.accepted} not final yet, ${report.payments.failed} failed`,
  ]
  if (Object.keys(failures).length > 0) lines.push(`not done: ${named(failures)}`)
  const instances = Object.entries(labels).map(([label, one]) => [label, one.instances] as const)
  if (instances.length > 0) lines.push(`labelled: ${named(Object.fromEntries(instances))}`)
  if (labelsPath !== undefined) lines.push(`labels: ${labelsPath}`)
  if (report.left_blocked.length > 0) lines.push(color.red(`still blocked: ${report.left_blocked.join(', ')}`))
  lines.push(
    report.unexpected === 0
      ? color.green('✔ nothing failed that the scenario does not make fail')
      : color.red(`✖ ${report.unexpected} acts failed unexpectedly`),
  )
  return lines.join('\n')
}

const stateText = ({ state, error }: RunReport): string => (error === null ? state : `${state} (${error})`)

const named = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')

/** Rewritten on a terminal. */
export const progressText = (report: RunReport): string =>
  [
    (report.phase ?? report.state).padEnd(14),
    `${report.elapsed_s.toFixed(0)} of ${report.duration_s} s`.padStart(16),
    `${report.rate_reached.recent.toFixed(1)} of ${report.rate}/s`.padStart(16),
    `${report.in_flight} in flight`,
    `${report.lag_ms.p95} ms behind`,
    report.skipped === 0 ? '' : `${report.skipped} skipped`,
    report.unexpected === 0 ? '0 unexpected' : color.red(`${report.unexpected} unexpected`),
  ]
    .filter((text) => text !== '')
    .join('  ')

/** Whether the run is as it should be: what was asked of it by whoever looks at its exit code. */
export const isFine = ({ unexpected, state, left_blocked: left }: RunReport): boolean =>
  unexpected === 0 && state !== 'failed' && left.length === 0
