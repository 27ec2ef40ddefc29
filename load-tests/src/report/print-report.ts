/** A report as text: the verdict first, because figures of a wrong answer are worth nothing. */
import { table } from '@paycluster/cluster/commands/table'
import { describeResult } from '@paycluster/cluster/verify/report'
import color from 'picocolors'
import type { Settlement } from '../applied/settle.ts'
import type { Goal, ThresholdResult } from './judge-thresholds.ts'
import { calibrationText } from '../usage/calibration.ts'
import type { LoadReport } from './load-report.ts'
import { VIOLATIONS_FILE } from '../run-folder.ts'
import { whereOf, type Offence } from '../verdict/rules.ts'
import { usageText } from './print-usage.ts'
import type { Verdict } from './verdict.ts'

export function printReport(
  report: LoadReport,
  thresholds: readonly ThresholdResult[],
  goals: readonly Goal[],
  reportFile: string,
): string {
  const { runId, profile, url, cut, measuredS } = report
  const title = `${profile} on ${url}, run ${runId}${cut ? color.yellow(`  CUT after ${measuredS.toFixed(0)} s measured`) : ''}`
  return [
    color.bold(title),
    verdictText(report.verdict),
    ...(report.doubts.length === 0 ? [] : [doubtsText(report)]),
    requests(report),
    ...(report.settlement === undefined ? [] : [settled(report, report.settlement)]),
    report.usage === undefined
      ? 'CPU and memory of the cluster: not available by address alone'
      : usageText(report.usage),
    thresholdText(thresholds, goals),
    ...(report.remarks.length === 0 ? [] : [['clients remarked', ...report.remarks].join('\n  ')]),
    color.dim(`${generator(report)}\n${calibration(report)}`),
    `report: ${reportFile}`,
  ].join('\n\n')
}

/** The verdict, what it rests on, and the first breach of each rule. */
export function verdictText({ state, findings, invariants, offences }: Verdict): string {
  const heading = {
    correct: color.green('✔ CORRECT'),
    violated: color.red('✖ VIOLATED'),
    unchecked: color.red('? NOT CHECKED'),
    'clients only': color.yellow('✔ CORRECT AS FAR AS CLIENTS SEE'),
  }[state]
  return [[heading, ...findings, ...invariants.map(describeResult)].join('\n  '), ...offencesText(offences)].join('\n')
}

/** The first of each rule. */
function offencesText(offences: Verdict['offences']): string[] {
  if (offences.length === 0) return []
  const shown = offences.filter(({ rule }, index) => offences.findIndex((other) => other.rule === rule) === index)
  return [`  all that cannot be right: ${VIOLATIONS_FILE}; the first of each kind:`, ...shown.map(offenceText)]
}

function offenceText(offence: Offence): string {
  const { rule, detail, history } = offence
  return [`    ${color.red(rule)} ${detail}`, `${whereOf(offence)}${history === undefined ? '' : `: ${history}`}`].join(
    '\n      ',
  )
}

const doubtsText = ({ doubts }: LoadReport): string =>
  doubts.map(({ kind, text }) => color.yellow(`! ${kind}: ${text}`)).join('\n')

function requests({ clients, requestsPerS, measuredS }: LoadReport): string {
  const rows = clients.measured.operations.map(({ operation, count, p50, p95, p99, max, failed }) => [
    operation,
    String(count),
    ...[p50, p95, p99, max].map((ms) => ms.toFixed(1)),
    String(failed),
  ])
  const head = `${color.bold(`${requestsPerS.toFixed(0)} req/s`)} over ${measuredS.toFixed(0)} s measured; times in ms`
  return `${head}\n${table(['OPERATION', 'COUNT', 'P50', 'P95', 'P99', 'MAX', 'FAILED'], rows)}`
}

function settled({ committed, measuredS }: LoadReport, settlement: Settlement): string {
  const { accepted, succeeded, failed, drainS, posted, committedPerS } = settlement
  const declined = Object.entries(failed).map(([code, count]) => `${count} ${code}`)
  const lines = [
    `payments: ${accepted} accepted, ${succeeded} succeeded${declined.length === 0 ? '' : `, ${declined.join(', ')}`}`,
  ]
  if (measuredS > 0) lines.push(`committed: ${committedPerS.toFixed(0)} payments/s`)
  lines.push(`drained: ${drainS === undefined ? 'no' : `${drainS.toFixed(2)} s after the last acceptance`}`)
  if (committed !== undefined) {
    const { p50Ms, p95Ms, p99Ms } = committed
    const times = [p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(0)).join(' / ')
    lines.push(`accepted → applied p50/p95/p99: ${times} ms (to the commit; the workers’ histogram, interpolated)`)
  }
  if (posted !== undefined) lines.push(postedText(posted, settlement.source))
  return lines.join('\n')
}

function postedText(posted: NonNullable<Settlement['posted']>, source: Settlement['source']): string {
  const times = [posted.p50, posted.p95, posted.p99].map((ms) => ms.toFixed(0)).join(' / ')
  const of = source === 'ledger' ? 'exact, every row' : 'by the API'
  return `accepted → posting p50/p95/p99: ${times} ms (to the begin of the batch’s transaction; ${of})`
}

function thresholdText(thresholds: readonly ThresholdResult[], goals: readonly Goal[]): string {
  const marks = { pass: color.green('pass'), fail: color.red('FAIL'), skipped: color.dim('not judged') }
  const rows = [
    ...thresholds.map(({ name, limit, actual, state }) => [name, limit, actual, marks[state]]),
    ...goals.map(({ name, limit, actual, met }) => [
      name,
      limit,
      actual,
      met ? color.green('goal met') : 'goal missed',
    ]),
  ]
  return table(['THRESHOLD', 'LIMIT', 'ACTUAL', ''], rows)
}

const calibration = ({ calibration: { before, after } }: LoadReport): string =>
  [`before: ${calibrationText(before)}`, ...(after === undefined ? [] : [`after:  ${calibrationText(after)}`])].join(
    '\n',
  )

function generator({ generator: { version, GOGC, GOMEMLIMIT }, workload }: LoadReport): string {
  const { users, rampS, warmUpS, thinkS, mix } = workload
  return [
    `k6 ${version} with GOGC=${GOGC} GOMEMLIMIT=${GOMEMLIMIT} (Go’s default collector adds its own pauses to the figures)`,
    `${users} users, ${rampS + warmUpS} s ramp and warm-up left out, ${thinkS} s mean think time, ` +
      `balance:payment:statement:pay ${mix.balance}:${mix.payment}:${mix.statement}:${mix.pay}`,
  ].join('\n')
}
