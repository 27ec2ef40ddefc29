/**
 * One run as one HTML file that needs nothing else: styles, chart library and data are in it, and its own
 * Content-Security-Policy keeps a browser from asking anybody for anything.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { loadText } from '@paycluster/platform/load-text'
import { PANELS } from '../../timeline/panels.ts'
import type { Summary, TimelineFile } from '../summary-schema.ts'
import { generatorSection, settingsSection, usageSection } from './circumstances.ts'
import { html, jsonFor, Markup } from './markup.ts'
import { doubtsSection, operationsSection, thresholdsSection, tiles, verdictSection } from './results.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

/** @returns a whole HTML document */
export function renderReport(summary: Summary, timeline: TimelineFile): string {
  const { profile, runId, url, startedAt, clients } = summary
  const data = { timeline, panels: PANELS, latencies: summary.latencies, percentiles: clients.measured.operations }
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${profile} · ${runId}</title>
        <style>
          ${new Markup(chartFile('uPlot.min.css'))}
          ${new Markup(loadText(import.meta.url, '../page/page.css'))}
        </style>
      </head>
      <body>
        <header>
          <h1>${profile}</h1>
          <p>${startedAt.slice(0, 16).replace('T', ' ')} UTC · ${url} · <code>${runId}</code></p>
        </header>
        <main>
          ${verdictSection(summary)} ${doubtsSection(summary)} ${tiles(summary)} ${thresholdsSection(summary)}
          <section aria-labelledby="timeline">
            <h2 id="timeline">Second by second</h2>
            <p>
              Seconds since the first user began. Shaded: ramp and warm-up, which the figures leave out. Drag to zoom
              in, double-click to zoom out.
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
        </main>
        <noscript><p>The charts need JavaScript; all else is above.</p></noscript>
        <script type="application/json" id="data">
          ${jsonFor(data)}
        </script>
        <script>
          ${new Markup(chartFile('uPlot.iife.min.js'))}
        </script>
        <script>
          ${new Markup(loadText(import.meta.url, '../page/page.js'))}
        </script>
      </body>
    </html>`
  return `${page.text}\n`
}

/** Of the chart library's built files. */
function chartFile(name: string): string {
  const main = createRequire(import.meta.url).resolve('uplot')
  return readFileSync(join(dirname(main), name), 'utf8')
}
