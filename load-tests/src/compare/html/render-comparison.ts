/** A comparison as one HTML file that needs nothing else, in the look of a run's report. */
import { loadText } from '@paycluster/platform/load-text'
import { figureText, changeText, legendOf } from '../print-comparison.ts'
import type { ComparedFigure, Comparison, Judgement, SideFigure } from '../compare-sides.ts'
import type { Side } from '../run-record.ts'
import { GROUPS, type Group } from '../figures.ts'
import { html, tableOf, type Markup } from '../../report/html/markup.ts'
import { renderPage } from '../../report/html/render-page.ts'
import { dotPlot } from './dot-plot.ts'

const TITLES: Readonly<Record<Group, string>> = {
  load: 'Load',
  latency: 'Latencies',
  applied: 'From acceptance on',
  CPU: 'CPU time',
  memory: 'Memory',
}
const LOOKS: Readonly<Record<Judgement, string>> = {
  better: 'good',
  worse: 'bad',
  apart: 'doubtful',
  noise: 'muted',
  'too few': 'muted',
}

/** @returns a whole HTML document */
export function renderComparison(comparison: Comparison): string {
  const { a, b, figures, differences } = comparison
  return renderPage({
    title: `${a.name} and ${b.name}`,
    heading: 'Comparison',
    beneath: html`<span class="side-a">A</span> ${a.name} · <span class="side-b">B</span> ${b.name}`,
    styles: [loadText(import.meta.url, './comparison.css')],
    scripts: [],
    main: html`
      ${listSection('barriers', 'verdict bad', 'These runs cannot be compared', differences.barriers)}
      ${listSection('doubts', 'doubts', 'Read the figures with care', differences.doubts)}
      ${listSection('changes', '', 'From A to B', differences.changes)}
      ${GROUPS.map((group) =>
        figuresSection(
          group,
          figures.filter((figure) => figure.group === group),
        ),
      )}
      <section aria-labelledby="runs">
        <h2 id="runs">Runs</h2>
        <p>${legendOf(comparison)}</p>
        ${runsList('A', a)} ${runsList('B', b)}
      </section>
    `,
  })
}

function listSection(id: string, look: string, title: string, items: readonly string[]): Markup {
  if (items.length === 0) return html``
  return html`<section class="${look}" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>
  </section>`
}

function figuresSection(group: Group, figures: readonly ComparedFigure[]): Markup {
  if (figures.length === 0) return html``
  const rows = figures.map((figure) => [
    html`${figure.name}<small> ${figure.unit}</small>`,
    dotPlot(figure),
    ...cellsOf(figure.a),
    ...cellsOf(figure.b),
    html`${changeText(figure)}`,
    figure.p?.toFixed(3) ?? '–',
    html`<span class="badge ${LOOKS[figure.judgement]}">${figure.judgement}</span>`,
  ])
  return html`<section class="figures" aria-labelledby="${group}">
    <h2 id="${group}">${TITLES[group]}</h2>
    ${tableOf(['', 'each run', 'A', 'from – to', 'B', 'from – to', 'change', 'p', ''], rows)}
  </section>`
}

const cellsOf = ({ spread: { median, min, max } }: SideFigure): [string, string] => [
  figureText(median),
  `${figureText(min)}–${figureText(max)}`,
]

const runsList = (name: string, { runs }: Side): Markup =>
  html`<h3>${name}</h3>
    <ul>
      ${runs.map(({ summary: { runId, startedAt, verdict } }) => html`<li><code>${runId}</code> ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${verdict.state}</li>`)}
    </ul>`
