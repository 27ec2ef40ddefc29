/** The upper half of a report: what came out. */
import { VIOLATIONS_FILE } from '../../run-folder.ts'
import { whereOf } from '../../verdict/rules.ts'
import { clusterMicros } from '../cluster-micros.ts'
import type { Summary } from '../summary-schema.ts'
import { milliseconds, whole } from './figures.ts'
import { invariantsTable } from './invariants.ts'
import { html, tableOf, type Markup } from './markup.ts'

const HEADINGS: Readonly<Record<string, { readonly text: string; readonly look: string }>> = {
  correct: { text: 'Correct', look: 'good' },
  violated: { text: 'Violated', look: 'bad' },
  unchecked: { text: 'Not checked', look: 'bad' },
  'clients only': { text: 'Correct as far as clients see', look: 'doubtful' },
}

export function verdictSection({ verdict, cut, measuredS }: Summary): Markup {
  const { text, look } = HEADINGS[verdict.state] ?? { text: verdict.state, look: 'bad' }
  return html`<section class="verdict ${look}" aria-labelledby="verdict">
    <h2 id="verdict">${text}</h2>
    ${cut ? html`<p class="cut">Cut by hand after ${measuredS.toFixed(0)} s measured.</p>` : undefined}
    <ul>
      ${verdict.findings.map((finding) => html`<li>${finding}</li>`)}
    </ul>
    ${invariantsTable(verdict.invariants)} ${offencesTable(verdict.offences)}
  </section>`
}

/** What clients saw that cannot be right, the first of each rule. */
function offencesTable(offences: Summary['verdict']['offences']): Markup | undefined {
  if (offences.length === 0) return undefined
  const rows = offences.map((offence) => [
    html`<code>${offence.rule}</code>`,
    html`${offence.detail}`,
    html`${whereOf(offence)}`,
    html`<code>${offence.history}</code>`,
  ])
  return html`<h3>What cannot be right</h3>
    <p>The first of each kind; all of them are in <code>${VIOLATIONS_FILE}</code> beside this report.</p>
    ${tableOf(['rule', 'what', 'of', 'what the user had seen'], rows)}`
}

export function doubtsSection({ doubts }: Summary): Markup | undefined {
  if (doubts.length === 0) return undefined
  const names = { disturbed: 'Disturbed', generator: 'Generator' }
  return html`<section class="doubts" aria-labelledby="doubts">
    <h2 id="doubts">Read the figures with care</h2>
    <ul>
      ${doubts.map(({ kind, text }) => html`<li><b>${names[kind]}</b> ${text}</li>`)}
    </ul>
  </section>`
}

export function tiles(summary: Summary): Markup {
  const { requestsPerS, measuredS, clients, committed, settlement, usage } = summary
  const accepts = clients.measured.operations.find(({ operation }) => operation === 'pay')
  const appliedMs = committed?.p95Ms ?? settlement?.posted?.p95
  const tile = (name: string, value: string, unit: string, beneath: string): Markup =>
    html`<div class="tile">
      <dt>${name}</dt>
      <dd>${value}<small>${unit}</small></dd>
      <p>${beneath}</p>
    </div>`
  const { reads } = clients.measured
  return html`<dl class="tiles">
    ${tile('Throughput', whole(requestsPerS), 'req/s', `over ${measuredS.toFixed(0)} s measured`)}
    ${tile('Failed', whole(clients.failed), '', `of ${whole(clients.requests)} requests, ramp and warm-up included`)}
    ${reads && tile('Reads p95', milliseconds(reads.p95), 'ms', `p50 ${milliseconds(reads.p50)}, p99 ${milliseconds(reads.p99)}`)}
    ${accepts && tile('Accepts p95', milliseconds(accepts.p95), 'ms', `p50 ${milliseconds(accepts.p50)}, p99 ${milliseconds(accepts.p99)}`)}
    ${
      appliedMs === undefined
        ? undefined
        : tile('Applied p95', milliseconds(appliedMs), 'ms', committed ? 'from acceptance to commit' : 'to the posting')
    }
    ${
      usage &&
      tile(
        'Cluster CPU',
        whole(clusterMicros(summary) ?? 0),
        'µs/req',
        `${usage.machineCores.busy.toFixed(2)} of ${usage.machineCores.all} cores busy, k6 included`,
      )
    }
  </dl>`
}

export function thresholdsSection({ thresholds, goals }: Summary): Markup {
  const badge = (look: string, text: string): Markup => html`<span class="badge ${look}">${text}</span>`
  const states = {
    pass: badge('good', 'pass'),
    fail: badge('bad', 'fail'),
    skipped: badge('muted', 'not judged'),
  }
  const rows = [
    ...thresholds.map(({ name, limit, actual, state }) => [name, html`${limit}`, html`${actual}`, states[state]]),
    ...goals.map(({ name, limit, actual, met }) => [
      name,
      html`${limit}`,
      html`${actual}`,
      met ? badge('good', 'goal met') : badge('doubtful', 'goal missed'),
    ]),
  ]
  return html`<section aria-labelledby="thresholds">
    <h2 id="thresholds">Thresholds</h2>
    ${tableOf(['threshold', 'limit', 'actual', ''], rows)}
  </section>`
}

export function operationsSection({ clients, settlement, remarks }: Summary): Markup {
  const rows = clients.measured.operations.map(({ operation, count, p50, p95, p99, max, failed }) => [
    operation,
    whole(count),
    ...[p50, p95, p99, max].map(milliseconds),
    whole(failed),
  ])
  return html`<section aria-labelledby="operations">
    <h2 id="operations">Operations</h2>
    ${tableOf(['operation', 'count', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'failed'], rows)}
    ${settlement && html`<p>${settlementText(settlement)}</p>`}
    ${
      remarks.length === 0
        ? undefined
        : html`<h3>What clients remarked</h3>
            <ul>
              ${remarks.map((remark) => html`<li>${remark}</li>`)}
            </ul>`
    }
  </section>`
}

function settlementText({
  accepted,
  succeeded,
  failed,
  drainS,
  committedPerS,
}: NonNullable<Summary['settlement']>): string {
  const declined = Object.entries(failed).map(([code, count]) => `, ${whole(count)} ${code}`)
  const drained = drainS === undefined ? 'not drained' : `drained ${drainS.toFixed(2)} s after the last acceptance`
  return `Payments: ${whole(accepted)} accepted, ${whole(succeeded)} succeeded${declined.join('')}; ${whole(committedPerS)} committed a second; ${drained}.`
}
