/** One run as one HTML file, with the chart library and its data in it. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { loadText } from '@paycluster/platform/load-text'
import { PANELS } from '../../timeline/panels.ts'
import type { Summary, TimelineFile } from '../summary-schema.ts'
import { generatorSection, settingsSection, usageSection } from './circumstances.ts'
import { html, jsonFor, Markup } from './markup.ts'
import { renderPage } from './render-page.ts'
import { doubtsSection, operationsSection, thresholdsSection, tiles, verdictSection } from './results.ts'

/** @returns a whole HTML document */
export function renderReport(summary: Summary, timeline: TimelineFile): string {
  const { profile, runId, url, startedAt, clients } = summary
  const data = { timeline, panels: PANELS, latencies: summary.latencies, percentiles: clients.measured.operations }
  return renderPage({
    title: `${profile} · ${runId}`,
    heading: profile,
    beneath: html`${startedAt.slice(0, 16).replace('T', ' ')} UTC · ${url} · <code>${runId}</code>`,
    styles: [chartFile('uPlot.min.css')],
    main: html`
      ${verdictSection(summary)} ${doubtsSection(summary)} ${tiles(summary)} ${thresholdsSection(summary)}
      <section aria-labelledby="timeline">
        <h2 id="timeline">Second by second</h2>
        <p>
          Seconds since the first user began. Shaded: ramp and warm-up, which the figures leave out. Drag to zoom in,
          double-click to zoom out.
        </p>
        <div class="charts" id="timeline-charts"></div>
      </section>
      ${operationsSection(summary)}
      <section aria-labelledby="latencies">
        <h2 id="latencies">How long requests took</h2>
        <p>Measured requests; each bar is 9 % wider than the one before.</p>
        <div class="charts" id="latency-charts"></div>
      </section>
      ${usageSection(summary)} ${generatorSection(summary)} ${settingsSection(summary)}
    `,
    scripts: [
      html`<noscript><p>The charts need JavaScript; all else is above.</p></noscript>
        <script type="application/json" id="data">
          ${jsonFor(data)}
        </script>`,
      scriptOf(chartFile('uPlot.iife.min.js')),
      scriptOf(loadText(import.meta.url, '../page/page.js')),
    ],
  })
}

const scriptOf = (text: string): Markup =>
  html`<script>
    ${new Markup(text)}
  </script>`

/** Of the chart library's built files. */
function chartFile(name: string): string {
  const main = createRequire(import.meta.url).resolve('uplot')
  return readFileSync(join(dirname(main), name), 'utf8')
}
