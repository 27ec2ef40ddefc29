import { describe, expect, it } from '@jest/globals'
import { CalibratedWindow, isDisturbed, otherCoresBetween } from './calibration.ts'

const snapshot = (atMs: number, busyS: number, nodes: readonly [pid: number, cpuS: number][]) => ({
  atMs,
  nodes: nodes.map(([pid, cpuS]) => ({ node: `node-${pid}`, pid, cpuS, rssBytes: 0 })),
  machine: { busyS, totalS: 2 * busyS },
})

describe('a calibration', () => {
  it('calls a run disturbed when the machine changed, or others were busy', () => {
    expect(isDisturbed(5, 5.4, 0.05)).toBe(false)
    expect(isDisturbed(5, 5.6, 0)).toBe(true)
    expect(isDisturbed(5.6, 5, undefined)).toBe(true)
    expect(isDisturbed(5, 5, 0.2)).toBe(true)
  })

  it('counts as others what none of its own used, with those that began meanwhile', () => {
    const before = snapshot(0, 100, [[1, 10]])
    const after = snapshot(2000, 104, [
      [1, 11],
      [2, 2],
    ])
    expect(otherCoresBetween(before, after)).toBeCloseTo(0.5)
    expect(otherCoresBetween(before, undefined)).toBeUndefined()
  })

  it('measures the same piece of work twice', () => {
    const { beforeMs, afterMs } = new CalibratedWindow(() => []).end()
    expect(beforeMs).toBeGreaterThan(0)
    expect(afterMs).toBeGreaterThan(0)
  })
})
