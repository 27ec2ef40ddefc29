/** From what was measured and what is asked for to what has to be there. Pure. */
import { z } from 'zod'
import type { Measurements } from '../measurements.ts'
import { bottlenecksOf, type Bottleneck } from './bottlenecks.ts'
import { demandOf, type Demand } from './demand.ts'
import { fitSweep, type SweepModel } from './fit-sweep.ts'
import { planKafka, planPostgres, planRedis, planStateless, type Planned, type TierPlan } from './plan-tiers.ts'
import type { Requirements } from './requirements.ts'
import { footprintOf, storageOf, type PaymentFootprint, type Storage } from './storage.ts'

export interface Sizing {
  readonly requirements: Requirements
  readonly model: SweepModel
  /** Time for the same work on the machines to be bought, against the measured one. */
  readonly speed: number
  readonly demand: Demand
  readonly tiers: readonly TierPlan[]
  /** Nodes that Nginx and the services run on. */
  readonly serviceNodes: number
  readonly redisShards: number
  /** Of commands and of events, each. */
  readonly partitions: number
  readonly footprint: PaymentFootprint
  /** Of the primary, at the peak. */
  readonly primaryIosPerS: number
  readonly walBytesPerS: number
  readonly storage: Storage
  /** What there is one of; what is fullest comes first. */
  readonly bottlenecks: readonly Bottleneck[]
}

/** A worker more or less then moves the largest share of the log by a sixth at most. */
const PARTITIONS_A_WORKER = 6

const clusterSettings = z.object({ kafka: z.object({ partitions: z.number() }) })

/** @throws RangeError with the reason when it cannot be had */
export function sizeCluster(measurements: Measurements, requirements: Requirements): Sizing {
  const model = fitSweep(measurements)
  const speed = (requirements.calibrationMs ?? model.calibrationMs) / model.calibrationMs
  const demand = demandOf(model, requirements, speed)
  const planned: Planned = { model, requirements, demand, speed }
  const storage = storageOf(measurements, demand.writesPerS, requirements)
  const footprint = footprintOf(measurements.growth)
  const { nodes, tiers } = planStateless(planned)
  const { shards, ...redis } = planRedis(planned, storage)
  const [primary, standbys] = planPostgres(planned)
  const workers = tiers.find(({ tier }) => tier === 'payment-worker')?.instances ?? 1
  const { partitions } = clusterSettings.parse(measurements.environment.settings).kafka
  return {
    requirements,
    model,
    speed,
    demand,
    tiers: [...tiers, redis, planKafka(planned), primary, standbys],
    serviceNodes: nodes,
    redisShards: shards,
    partitions: Math.max(partitions, workers * PARTITIONS_A_WORKER),
    footprint,
    primaryIosPerS: demand.writesPerS * footprint.ios,
    walBytesPerS: demand.writesPerS * footprint.walBytes,
    storage,
    bottlenecks: bottlenecksOf(planned, footprint, standbys.instances),
  }
}
