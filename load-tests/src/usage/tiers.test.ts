import { describe, expect, it } from '@jest/globals'
import type { NodeUsage, Snapshot } from './snapshot.ts'
import { usageBetween } from './tiers.ts'

const snapshot = (atMs: number, busyS: number, nodes: readonly [string, number, number][]): Snapshot => ({
  atMs,
  machine: { busyS, totalS: (atMs / 1000) * 2 },
  nodes: nodes.map(([node, pid, cpuS]): NodeUsage => ({ node, pid, cpuS, rssBytes: 1000 * pid })),
})
const counts = { request: 600_000, read: 500_000, write: 100_000 }

describe('the usage of the cluster', () => {
  const before = snapshot(0, 0, [
    ['gateway', 1, 10],
    ['inquiry-service-1', 2, 1],
    ['inquiry-service-2', 3, 1],
    ['payment-worker-1', 4, 5],
  ])
  const after = snapshot(60_000, 108, [
    ['gateway', 1, 40],
    ['inquiry-service-1', 2, 26],
    ['inquiry-service-2', 3, 26],
    ['payment-worker-1', 9, 1],
  ])
  const usage = usageBetween(before, after, counts)

  it('is told per tier, in cores and in µs per what the tier works for', () => {
    expect(usage.tiers).toEqual([
      { tier: 'nginx', cpuS: 30, cores: 0.5, unit: 'request', microsPerUnit: 50, rssBytes: 1000 },
      { tier: 'inquiry-service', cpuS: 50, cores: 50 / 60, unit: 'read', microsPerUnit: 100, rssBytes: 5000 },
    ])
    expect(usage.machineCores).toEqual({ busy: 1.8, all: 2 })
    expect(usage.otherCores).toBeCloseTo(1.8 - 80 / 60)
  })

  it('does not know the cost of a node that was started again, and says so', () => {
    expect(usage.restarted).toEqual(['payment-worker-1'])
  })

  it('has no cost per unit where there were none', () => {
    const [nginx] = usageBetween(before, after, { request: 0, read: 0, write: 0 }).tiers
    expect(nginx?.microsPerUnit).toBeUndefined()
  })
})
