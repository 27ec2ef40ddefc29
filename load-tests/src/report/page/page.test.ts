import { runInNewContext } from 'node:vm'
import { loadText } from '@paycluster/platform/load-text'
import { describe, expect, it } from '@jest/globals'

/** What the page hands to the chart library, as far as it is looked at here. */
interface Options {
  readonly scales: {
    readonly y: { readonly range: (chart: unknown, low: number | null, high: number | null) => number[] }
  }
  readonly axes: readonly [unknown, Upright]
}

interface Upright {
  readonly size: (chart: unknown, labels: readonly string[] | null) => number
  readonly values: (chart: unknown, splits: readonly number[]) => string[]
}

const CHARACTER_WIDTH_PX = 7
const ctx = {
  save: () => undefined,
  restore: () => undefined,
  measureText: (text: string) => ({ width: text.length * CHARACTER_WIDTH_PX }),
}

/** Runs the page's script in a browser of stubs, on one panel of one series. */
function drawnOptions(): Options {
  const drawn: Options[] = []
  const element = () => ({ append: () => undefined, replaceChildren: () => undefined, clientWidth: 480 })
  const data = {
    timeline: { atS: [1, 2], series: [{ panel: 'errors', name: 'pay', unit: 'req/s', values: [0, 0] }] },
    panels: { errors: { title: 'Failed requests', unit: 'req/s' } },
    latencies: [],
    percentiles: [],
  }
  class Chart {
    readonly root = { querySelector: () => null }
    constructor(options: Options) {
      drawn.push(options)
    }
  }
  runInNewContext(loadText(import.meta.url, './page.js'), {
    uPlot: Chart,
    document: {
      documentElement: undefined,
      getElementById: (id: string) => (id === 'data' ? { textContent: JSON.stringify(data) } : element()),
      createElement: element,
    },
    getComputedStyle: () => ({ getPropertyValue: () => '#000' }),
    matchMedia: () => ({ addEventListener: () => undefined }),
    addEventListener: () => undefined,
  })
  const [options] = drawn
  if (options === undefined) throw new Error('nothing was drawn')
  return options
}

describe('the upright axis of a chart', () => {
  const { scales, axes } = drawnOptions()
  const rangeTo = (high: number | null): number[] => [...scales.y.range(undefined, 0, high)]
  const [, { size, values }] = axes

  it('goes to 1 of the unit when all is zero, or nothing was seen', () => {
    expect(rangeTo(0)).toEqual([0, 1])
    expect(rangeTo(null)).toEqual([0, 1])
  })

  it('goes a little beyond the highest value, however small', () => {
    expect(rangeTo(100)).toEqual([0, 108])
    expect(rangeTo(0.001)).toEqual([0, 0.00108])
  })

  it('is as wide as its longest label, tick and gap', () => {
    const labels = values(undefined, [0, 0.00025, 0.00075])
    expect(size({ ctx }, labels)).toBeGreaterThanOrEqual('0.00075'.length * CHARACTER_WIDTH_PX + 9)
  })

  it('begins at the same place with short labels, and with none', () => {
    expect(size({ ctx }, ['0', '1'])).toBe(52)
    expect(size({ ctx }, null)).toBe(52)
  })
})
