import { describe, expect, it } from '@jest/globals'
import { compareSides } from '../compare-sides.ts'
import { peakWith, sideOf } from '../test/peak-run.ts'
import { renderComparison } from './render-comparison.ts'

/** Where the cells of a column lie in a narrow window, by its heading. */
const AREAS: Record<string, string[]> = {
  '': ['name', 'judgement'],
  'each run': ['dots'],
  A: ['a'],
  B: ['b'],
  'from – to': ['a-range', 'b-range'],
  change: ['change'],
  p: ['p'],
}

describe('the page of a comparison', () => {
  const a = sideOf('a', [2800, 2810, 2790, 2805])
  const b = sideOf('b', [2900, 2890, 2910, 2905])

  it('shows a dot a run, and what differs', () => {
    const page = renderComparison(compareSides(a, b))
    const requests = /<svg[^>]*aria-label="requests of each run".*?<\/svg>/s.exec(page)?.[0] ?? ''
    expect(requests.match(/<circle/g)).toHaveLength(8)
    expect(page).toContain('<span class="badge good">better</span>')
    expect(page).not.toContain('These runs cannot be compared')
  })

  it('names in a narrow window what every cell is, where there is no heading above it', () => {
    const page = renderComparison(compareSides(a, b))
    const [, headings = ''] = /class="figures"[^]*?<thead>([^]*?)<\/thead>/.exec(page) ?? []
    const cells = [...headings.matchAll(/<th[^>]*>([^<]*)<\/th>/g)].map(([, heading]) => heading)
    // By their places, which comparison.css knows.
    for (const [index, heading] of cells.entries())
      expect(page).toContain(
        `.figures td:nth-child(${index + 1}) {\n    grid-area: ${AREAS[heading ?? '']?.shift() ?? 'none'};`,
      )
  })

  it('says what keeps the sides from being compared', () => {
    const other = { name: 'other', runs: [peakWith({ profile: 'average' })] }
    expect(renderComparison(compareSides(a, other))).toContain('profile: peak → average')
  })

  it('asks nobody for anything, and takes nothing in a name for markup', () => {
    const page = renderComparison(compareSides({ ...a, name: '<img src=x>' }, b))
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page).not.toMatch(/<(?:img|link|script)\b|https?:\/\/(?!127)/)
    expect(page).toContain('&lt;img src=x&gt;')
  })
})
