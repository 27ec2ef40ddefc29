/** The repeats of a figure as dots on one line a side, with a stroke at the median. Pure. */
import { html, type Markup } from '../../report/html/markup.ts'
import { figureText } from '../print-comparison.ts'
import type { ComparedFigure, SideFigure } from '../compare-sides.ts'

const WIDTH = 220
const HEIGHT = 34
const MARGIN = 6
const LINE_OF = { a: 11, b: 24 } as const

/** From the least to the most of both sides: what matters is whether the dots of the two lie among each other. */
export function dotPlot({ name, unit, a, b }: ComparedFigure): Markup {
  const all = [...a.values, ...b.values]
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const xOf = (value: number): string =>
    (most === least ? WIDTH / 2 : MARGIN + ((value - least) / (most - least)) * (WIDTH - 2 * MARGIN)).toFixed(1)
  const side = (look: 'a' | 'b', { values, spread }: SideFigure): Markup =>
    html`<g class="${look}">
      <line class="range" x1="${xOf(spread.min)}" x2="${xOf(spread.max)}" y1="${LINE_OF[look]}" y2="${LINE_OF[look]}" />
      <line
        class="median"
        x1="${xOf(spread.median)}"
        x2="${xOf(spread.median)}"
        y1="${LINE_OF[look] - 6}"
        y2="${LINE_OF[look] + 6}"
      />
      ${values.map((value) => html`<circle cx="${xOf(value)}" cy="${LINE_OF[look]}" r="3"><title>${figureText(value)} ${unit}</title></circle>`)}
    </g>`
  return html`<svg
    class="dots"
    width="${WIDTH}"
    height="${HEIGHT}"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="${name} of each run"
  >
    ${side('a', a)} ${side('b', b)}
  </svg>`
}
