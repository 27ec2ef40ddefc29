/** Measurements of a cluster whose every property is known, so that what is computed from them can be told. For tests. */
import type { Unit } from '../../usage/tiers.ts'
import type { Level, Measurements } from '../measurements.ts'
import { rateOfUnit } from '../model/fit-sweep.ts'
import { interactiveLoad } from '../model/operational-laws.ts'
import type { Requirements } from '../model/requirements.ts'
import type { Usl } from '../model/usl.ts'

export const KNOWN_LAW: Usl = { lambda: 300, sigma: 0.12, kappa: 4e-6 }

interface KnownTier {
  readonly unit: Unit
  readonly micros: number
  readonly nodes: readonly string[]
}

export const KNOWN_TIERS: Readonly<Record<string, KnownTier>> = {
  k6: { unit: 'request', micros: 200, nodes: ['k6'] },
  nginx: { unit: 'request', micros: 70, nodes: ['gateway'] },
  'inquiry-service': { unit: 'read', micros: 110, nodes: ['inquiry-service-1', 'inquiry-service-2'] },
  redis: { unit: 'read', micros: 30, nodes: ['redis'] },
  'payment-service': { unit: 'write', micros: 430, nodes: ['payment-service-1'] },
  'payment-worker': { unit: 'write', micros: 210, nodes: ['payment-worker-1'] },
  kafka: { unit: 'write', micros: 200, nodes: ['kafka'] },
  'postgres primary': { unit: 'write', micros: 130, nodes: ['postgres-primary'] },
  'postgres replicas': {
    unit: 'write',
    micros: 60,
    nodes: ['postgres-replica-1', 'postgres-replica-2'],
  },
}

export const KNOWN_CALIBRATION_MS = 50
const READS_A_WRITE = 5
const RSS_BYTES = 150_000_000

function levelOf(users: number, thinkS: number, factor: number): Level {
  const { perS, responseS } = interactiveLoad(KNOWN_LAW, users, thinkS)
  const requestsPerS = perS * factor
  const rates = {
    requestsPerS,
    readsPerS: (requestsPerS * READS_A_WRITE) / (READS_A_WRITE + 1),
    writesPerS: requestsPerS / (READS_A_WRITE + 1),
  }
  const tiers = Object.entries(KNOWN_TIERS).map(([tier, { unit, micros, nodes }]) => {
    const cores = (micros * rateOfUnit(rates, unit)) / 1e6
    return { tier, cpuS: cores * 10, cores, unit, microsPerUnit: micros, rssBytes: RSS_BYTES * nodes.length }
  })
  const calibration = { workMs: KNOWN_CALIBRATION_MS }
  return {
    users,
    thinkS,
    runId: `level-${users}`,
    measuredS: 10,
    ...rates,
    failed: 0,
    meanMs: responseS * 1000,
    p95Ms: responseS * 2000,
    readP95Ms: responseS * 2000,
    acceptP95Ms: responseS * 2000,
    commandsABatch: 20,
    usage: {
      tiers,
      machineCores: {
        busy: Math.min(
          2,
          tiers.reduce((sum, { cores }) => sum + cores, 0),
        ),
        all: 2,
      },
      otherCores: 0,
      memory: Object.values(KNOWN_TIERS).flatMap(({ nodes }) => nodes.map((node) => ({ node, rssBytes: RSS_BYTES }))),
      restarted: [],
    },
    calibration: { before: calibration, after: calibration },
    doubts: [],
    verdict: 'clients only',
  }
}

/** @param factorOf  of the law's throughput, by users: noise, or a law that does not hold */
export function knownCluster(factorOf: (users: number, thinkS: number) => number = () => 1): Measurements {
  const inFlight = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
  const levels = [
    ...inFlight.map((users) => levelOf(users, 0, factorOf(users, 0))),
    ...[500, 3000].map((users) => levelOf(users, 1, factorOf(users, 1))),
  ]
  const io = { writes: 1000, extends: 1000, fsyncs: 1000, bytes: 10_000_000 }
  return {
    schema: 1,
    takenAt: '2026-11-26T08:00:00.000Z',
    environment: {
      machine: { cpu: 'known', cores: 2, memoryBytes: 24e9, system: 'Linux' },
      versions: {},
      settings: { kafka: { partitions: 12 } },
    },
    mix: { readsAWrite: READS_A_WRITE },
    levels,
    growth: {
      payments: 10_000,
      batches: 500,
      tableBytes: { payments: 3_000_000, entries: 4_000_000 },
      walBytes: 15_000_000,
      walFullPages: 100,
      relationIo: io,
      walIo: io,
      commandBytes: 5_000_000,
      eventBytes: 10_000_000,
    },
    redis: {
      usedBytes: 1e7,
      evictedKeys: 0,
      prefixes: {
        bal: { keys: 100, meanBytes: 400 },
        acc: { keys: 100, meanBytes: 400 },
        ent: { keys: 100, meanBytes: 1200 },
        pay: { keys: 100, meanBytes: 600 },
        idem: { keys: 100, meanBytes: 500 },
      },
    },
    connections: {},
  }
}

export const REQUIREMENTS: Requirements = {
  users: 3000,
  thinkS: 1,
  readsAWrite: READS_A_WRITE,
  responseS: undefined,
  utilisation: 0.6,
  utilisationAfterLoss: 0.8,
  survive: 1,
  coresPerNode: 4,
  primaryCores: 32,
  networkBytesPerS: 1.25e9,
  growthAYear: 0,
  years: 1,
  peakToAverage: 4,
  cachedAccounts: 3000,
  retentionDays: 7,
  kafkaCopies: 3,
  calibrationMs: undefined,
}
