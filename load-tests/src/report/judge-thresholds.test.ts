import { describe, expect, it } from '@jest/globals'
import { peak } from '../profiles/peak.ts'
import { judgeGoals, judgeThresholds } from './judge-thresholds.ts'
import type { LoadReport } from './load-report.ts'

const percentiles = (count: number, p95: number) => ({ count, p50: 1, p95, p99: 30, max: 40 })
const report: LoadReport = {
  runId: 'peak-1',
  profile: 'peak',
  url: 'http://127.0.0.1:8080',
  startedAt: '2026-11-27T00:00:00.000Z',
  cut: false,
  asDefined: true,
  workload: peak.workload,
  generator: {
    version: '1.8.1',
    GOGC: 'off',
    GOMEMLIMIT: '1GiB',
    cores: undefined,
    shareOfBusy: undefined,
    delayMs: undefined,
    dropped: 0,
    collections: 0,
  },
  measuredS: 60,
  requestsPerS: 2700,
  clients: {
    requests: 200_000,
    failed: 0,
    measured: {
      requests: 162_000,
      reads: percentiles(135_000, 18),
      operations: [{ operation: 'pay', ...percentiles(27_000, 22), failed: 0 }],
    },
    versionsBackwards: 0,
    tokensSent: 1,
    tokensNotMet: 0,
    malformed: 0,
    bodiesChecked: 1,
  },
  stages: { stages: [], knee: undefined, journeys: undefined, finalAfter: undefined },
  remarks: [],
  settlement: {
    source: 'ledger',
    accepted: 1,
    succeeded: 1,
    failed: {},
    unsettled: [],
    drainS: 0,
    posted: percentiles(1, 90),
    committedPerS: 450,
  },
  committed: { p50Ms: 50, p95Ms: 310, p99Ms: 400 },
  usage: undefined,
  calibration: { before: { workMs: 20, nginxPerS: undefined }, after: undefined },
  doubts: [],
  environment: {
    machine: { cpu: 'none', cores: 2, memoryBytes: 0, system: 'Linux' },
    commit: undefined,
    versions: {},
    settings: undefined,
  },
  verdict: { state: 'correct', findings: [], invariants: [], rules: [], offences: [] },
  latencies: [],
  timeline: { startedAtMs: 0, measured: undefined, atS: [], series: [] },
}
const statesOf = (of: LoadReport) =>
  Object.fromEntries(judgeThresholds(peak.thresholds, of).map(({ name, state }) => [name, state]))

describe('thresholds', () => {
  it('are judged one by one', () => {
    expect(statesOf(report)).toEqual({
      'failed requests': 'pass',
      'reads p95': 'pass',
      'accepts p95': 'pass',
      throughput: 'pass',
      'accepted → applied p95': 'fail',
      'versions backwards': 'pass',
      'tokens not met': 'pass',
      'malformed answers': 'pass',
    })
  })

  it('judge throughput only of the load that they were set for', () => {
    expect(statesOf({ ...report, asDefined: false, requestsPerS: 100 }).throughput).toBe('skipped')
    expect(statesOf({ ...report, requestsPerS: 2599 }).throughput).toBe('fail')
  })

  it('fall back to the ledger’s rows where no worker can be asked', () => {
    expect(statesOf({ ...report, committed: undefined })['accepted → applied p95']).toBe('pass')
  })

  it('fail a run without one request', () => {
    expect(statesOf({ ...report, clients: { ...report.clients, requests: 0 } })['failed requests']).toBe('fail')
  })
})

describe('goals', () => {
  it('look at the largest service', () => {
    const usage = {
      tiers: [],
      machineCores: { busy: 2, all: 2 },
      otherCores: 0,
      restarted: [],
      memory: [
        { node: 'payment-worker-1', rssBytes: 150 * 1024 ** 2 },
        { node: 'inquiry-service-1', rssBytes: 250 * 1024 ** 2 },
        { node: 'kafka', rssBytes: 900 * 1024 ** 2 },
      ],
    }
    expect(judgeGoals({ ...report, usage })).toEqual([
      { name: 'memory of a service', limit: '≤ 200 MB', actual: '250 MB (inquiry-service-1)', met: false },
    ])
    expect(judgeGoals(report)).toEqual([])
  })
})
