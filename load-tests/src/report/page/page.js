// @ts-check
/// <reference types="uplot" />
/**
 * Draws the charts of a report, in the browser that opens it. Plain JavaScript, because it goes into the file as it is;
 * its types are checked by `tsc -p load-tests/src/report/page`.
 *
 * @typedef {{ panel: string, name: string, unit: string, values: (number | null)[] }} Series
 * @typedef {{ atS: number[], measured?: { fromS: number, toS: number }, series: Series[] }} Timeline
 * @typedef {{ operation: string, buckets: { fromMs: number, toMs: number, count: number }[] }} Latencies
 * @typedef {{ operation: string, count: number, p50: number, p95: number, p99: number }} Percentiles
 * @typedef {{
 *   timeline: Timeline,
 *   panels: Record<string, { title: string, unit: string }>,
 *   latencies: Latencies[],
 *   percentiles: Percentiles[],
 * }} ReportData
 */

/** @type {ReportData} */
const data = JSON.parse(document.getElementById('data')?.textContent ?? '{}')
const HEIGHT = 210
const FONT = '12px system-ui, sans-serif'
const TICK = 4
const GAP = 5
/** Wide enough for most labels, so that charts one below the other begin at the same place. */
const MIN_LABELS_WIDTH = 52
/** Latencies of the ramp and of the measured time differ by orders of magnitude. */
const LOGARITHMIC = new Set(['reads', 'accepts', 'operations', 'applied'])

/** @type {{ chart: uPlot, host: HTMLElement }[]} */
let drawn = []

/** @param {string} name  of a custom property */
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
/** @param {number} index */
const colour = (index) => {
  const colours = style('--series').split(' ')
  return colours[index % colours.length] ?? 'currentColor'
}

/**
 * Three digits, with k, M or G.
 *
 * @param {number | null | undefined} value
 */
function short(value) {
  if (value === null || value === undefined) return '–'
  const size = Math.abs(value)
  for (const [limit, suffix] of /** @type {const} */ ([
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ])) {
    if (size >= limit) return `${Number((value / limit).toPrecision(3))}${suffix}`
  }
  return String(Number(value.toPrecision(3)))
}

/** @returns {uPlot.Axis} */
const axis = () => ({
  stroke: style('--soft'),
  font: FONT,
  gap: GAP,
  grid: { stroke: style('--line'), width: 1 },
  ticks: { stroke: style('--line'), width: 1, size: TICK },
})

/**
 * As wide as its longest label needs.
 *
 * @returns {uPlot.Axis}
 */
const upright = () => ({
  ...axis(),
  size: ({ ctx }, labels) => {
    ctx.save()
    ctx.font = FONT
    const widths = (labels ?? []).map((label) => ctx.measureText(label).width)
    ctx.restore()
    return Math.max(MIN_LABELS_WIDTH, Math.ceil(TICK + GAP + Math.max(0, ...widths)) + 1)
  },
})

/**
 * From zero to a little above the highest value; to 1 of the unit when all are zero.
 *
 * @param {number | null} high
 * @returns {[number, number]}
 */
const fromZero = (high) => [0, high !== null && high > 0 ? high * 1.08 : 1]

/**
 * @param {HTMLElement} grid
 * @param {string} title
 * @param {string} beneath
 * @returns {HTMLElement}
 */
function place(grid, title, beneath) {
  const host = document.createElement('div')
  host.className = 'chart'
  const heading = document.createElement('h3')
  const small = document.createElement('small')
  small.textContent = beneath
  heading.append(`${title} `, small)
  host.append(heading)
  grid.append(host)
  return host
}

/**
 * @param {HTMLElement} host
 * @param {Omit<uPlot.Options, 'width' | 'height'>} options
 * @param {uPlot.AlignedData} rows
 * @param {string} label  for those who cannot see it
 */
function draw(host, options, rows, label) {
  const chart = new uPlot({ ...options, width: host.clientWidth, height: HEIGHT }, rows, host)
  chart.root.querySelector('canvas')?.setAttribute('role', 'img')
  chart.root.querySelector('canvas')?.setAttribute('aria-label', label)
  drawn.push({ chart, host })
}

/**
 * Shades what is not measured.
 *
 * @param {uPlot} chart
 */
function shade(chart) {
  const { measured } = data.timeline
  if (measured === undefined) return
  const { ctx, bbox } = chart
  const [from, to] = [measured.fromS, measured.toS].map((at) =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, chart.valToPos(at, 'x', true))),
  )
  if (from === undefined || to === undefined) return
  ctx.save()
  ctx.fillStyle = style('--shade')
  ctx.fillRect(bbox.left, bbox.top, from - bbox.left, bbox.height)
  ctx.fillRect(to, bbox.top, bbox.left + bbox.width - to, bbox.height)
  ctx.restore()
}

/**
 * @param {HTMLElement} grid
 * @param {string} panel
 * @param {string} title
 * @param {string} unit
 */
function drawPanel(grid, panel, title, unit) {
  const series = data.timeline.series.filter((one) => one.panel === panel)
  if (series.length === 0) return
  const isLogarithmic = LOGARITHMIC.has(panel)
  const host = place(grid, title, unit)
  draw(
    host,
    {
      cursor: { sync: { key: 'run' }, y: false },
      scales: {
        x: { time: false },
        y: isLogarithmic ? { distr: 3, log: 10 } : { range: (_chart, _low, high) => fromZero(high) },
      },
      axes: [axis(), { ...upright(), values: (_chart, splits) => splits.map((at) => (at === null ? '' : short(at))) }],
      series: [
        { label: 's', value: (_chart, at) => (at === null ? '–' : `${at.toFixed(0)} s`) },
        ...series.map(({ name }, index) => ({
          label: name,
          stroke: colour(index),
          width: 1.5,
          points: { show: false },
          value: (/** @type {uPlot} */ _chart, /** @type {number | null} */ at) => short(at),
        })),
      ],
      hooks: { drawClear: [shade] },
    },
    [data.timeline.atS, ...series.map(({ values }) => values.map((at) => (isLogarithmic && at === 0 ? null : at)))],
    `${title} over time: ${series.map(({ name, values }) => `${name} up to ${short(largest(values))} ${unit}`).join(', ')}`,
  )
}

/** @param {(number | null)[]} values */
const largest = (values) => values.reduce((/** @type {number} */ most, at) => Math.max(most, at ?? 0), 0)

/**
 * Buckets of equal width on a logarithmic axis: drawn over the logarithm itself.
 *
 * @param {HTMLElement} grid
 * @param {Latencies} latencies
 * @param {number} index
 * @param {{ low: number, high: number }} range  of all operations, as logarithms
 */
function drawLatencies(grid, { operation, buckets }, index, range) {
  const all = buckets.reduce((sum, { count }) => sum + count, 0)
  const figures = data.percentiles.find((one) => one.operation === operation)
  if (all === 0) return
  const bars = uPlot.paths.bars?.({ size: [1, Infinity], align: -1 })
  const host = place(grid, operation, `% of ${short(all)} requests, by ms`)
  const width = Math.log10((buckets[0]?.toMs ?? 1) / (buckets[0]?.fromMs ?? 1))
  const shares = new Map(buckets.map(({ toMs, count }) => [Math.round(Math.log10(toMs) / width), (count / all) * 100]))
  const [first, last] = [Math.round(range.low / width), Math.round(range.high / width)]
  const places = Array.from({ length: last - first + 1 }, (_, step) => first + step)
  /** Positions are those of the upper bounds; a bar stands left of its own. */
  const toLog = (/** @type {number} */ at) => at * width
  draw(
    host,
    {
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [range.low, range.high] },
        y: { range: (_chart, _low, high) => [0, Math.max(high ?? 0, 1) * 1.08] },
      },
      axes: [
        {
          ...axis(),
          splits: () => decades(range.low, range.high),
          values: (_chart, splits) => splits.map((at) => short(10 ** at)),
        },
        upright(),
      ],
      series: [
        {},
        {
          stroke: colour(index),
          fill: `${colour(index)}66`,
          width: 1,
          points: { show: false },
          ...(bars === undefined ? {} : { paths: bars }),
        },
      ],
      hooks: { draw: figures === undefined ? [] : [(chart) => mark(chart, figures)] },
    },
    [places.map(toLog), places.map((at) => shares.get(at) ?? null)],
    figures === undefined
      ? `Durations of ${operation}`
      : `Durations of ${operation}: half within ${short(figures.p50)} ms, 95 % within ${short(figures.p95)} ms`,
  )
}

/**
 * 1, 2 and 5 of each power of ten.
 *
 * @param {number} low
 * @param {number} high
 */
function decades(low, high) {
  const marks = []
  for (let power = Math.floor(low); power <= Math.ceil(high); power++)
    for (const digit of [1, 2, 5]) marks.push(power + Math.log10(digit))
  const inside = marks.filter((at) => at >= low && at <= high)
  return inside.length > 9 ? inside.filter((at) => Math.abs(at - Math.round(at)) < 1e-9) : inside
}

/**
 * Percentiles as lines.
 *
 * @param {uPlot} chart
 * @param {Percentiles} figures
 */
function mark(chart, figures) {
  const { ctx, bbox } = chart
  const pixels = devicePixelRatio
  ctx.save()
  ctx.font = `${11 * pixels}px system-ui, sans-serif`
  ctx.fillStyle = style('--text')
  ctx.strokeStyle = style('--soft')
  ctx.setLineDash([4 * pixels, 3 * pixels])
  for (const [row, name] of /** @type {const} */ (['p50', 'p95', 'p99']).entries()) {
    const left = chart.valToPos(Math.log10(figures[name]), 'x', true)
    if (!Number.isFinite(left)) continue
    ctx.beginPath()
    ctx.moveTo(left, bbox.top)
    ctx.lineTo(left, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillText(`${name} ${short(figures[name])}`, left + 4 * pixels, bbox.top + (13 + row * 14) * pixels)
  }
  ctx.restore()
}

function drawAll() {
  for (const { chart } of drawn) chart.destroy()
  drawn = []
  const [timeline, latencies] = ['timeline-charts', 'latency-charts'].map((id) => document.getElementById(id))
  if (!timeline || !latencies) return
  timeline.replaceChildren()
  latencies.replaceChildren()
  for (const [panel, { title, unit }] of Object.entries(data.panels)) drawPanel(timeline, panel, title, unit)
  const buckets = data.latencies.flatMap((one) => one.buckets)
  if (buckets.length === 0) return
  const range = {
    low: Math.log10(Math.min(...buckets.map(({ fromMs }) => fromMs))),
    high: Math.log10(Math.max(...buckets.map(({ toMs }) => toMs))),
  }
  for (const [index, one] of data.latencies.entries()) drawLatencies(latencies, one, index, range)
}

drawAll()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll)
addEventListener('resize', () => {
  for (const { chart, host } of drawn) chart.setSize({ width: host.clientWidth, height: HEIGHT })
})
