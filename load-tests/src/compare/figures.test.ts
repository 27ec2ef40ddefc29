import { describe, expect, it } from '@jest/globals'
import { figuresOf } from './figures.ts'
import { PEAK, peakWith } from './test/peak-run.ts'

const figures = figuresOf(PEAK)
const valueOf = (name: string, unit: string) => figures.find((one) => one.name === name && one.unit === unit)?.value

describe('the figures of a run', () => {
  it('are those of its summary', () => {
    expect(valueOf('requests', 'req/s')).toBe(2798.825)
    expect(valueOf('pay p95', 'ms')).toBeCloseTo(253.36, 2)
    expect(valueOf('accepted → applied p50', 'ms')).toBeCloseTo(47.74, 2)
    expect(valueOf('inquiry-service', 'µs/read')).toBeCloseTo(185.2, 1)
    expect(valueOf('redis', 'MB')).toBeCloseTo(273.8, 1)
  })

  it('add up the cluster’s CPU without the generator’s', () => {
    expect(valueOf('cluster', 'µs/request')).toBeCloseTo(467.1, 0)
  })

  it('take lags from the measured seconds alone', () => {
    const { measured, atS, series } = PEAK.timeline ?? {}
    const waiting = series?.find(({ panel }) => panel === 'backlog')?.values ?? []
    const inWindow = waiting.filter((_, second) => (atS?.[second] ?? 0) > (measured?.fromS ?? Infinity))
    expect(inWindow.length).toBeLessThan(waiting.length)
    expect(valueOf('consumer lag p95', 'commands')).toBeLessThanOrEqual(Math.max(...inWindow.map(Number)))
    expect(valueOf('consumer lag p95', 'commands')).toBeGreaterThan(0)
  })

  it('leave out what a run by address alone does not see', () => {
    const byAddress = figuresOf({
      summary: peakWith({ usage: undefined, committed: undefined, settlement: undefined }).summary,
      timeline: undefined,
    })
    expect(new Set(byAddress.map(({ group }) => group))).toEqual(new Set(['load', 'latency']))
  })
})
