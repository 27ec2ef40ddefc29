/** How many of what each tier needs. Pure. */
import type { Unit } from '../../usage/tiers.ts'
import type { Demand } from './demand.ts'
import { rateOfUnit, type SweepModel, type TierDemand } from './fit-sweep.ts'
import type { Requirements } from './requirements.ts'
import { spreadInstances } from './spread-instances.ts'
import type { Storage } from './storage.ts'

export interface TierPlan {
  readonly tier: string
  readonly unit: Unit
  /** Units of work a second, of the whole tier. */
  readonly perS: number
  /** CPU time for one of them on the machines to be bought, in µs. */
  readonly micros: number
  /** Cores busy at the peak, of the whole tier. */
  readonly cores: number
  readonly instances: number
  readonly coresEach: number
  /** 0 to 1, of the busiest instance at the peak: with all of them there, and with those gone that may be. */
  readonly utilisation: number
  readonly utilisationAfterLoss: number
  readonly memoryBytes: number
}

export interface Planned {
  readonly model: SweepModel
  readonly requirements: Requirements
  readonly demand: Demand
  /** Time for the same work on the machines to be bought, against the measured one. */
  readonly speed: number
}

/** One thread each: Nginx's workers, and the services, which Node runs on one. */
const STATELESS = ['nginx', 'inquiry-service', 'payment-service', 'payment-worker']
/** Of one Redis process: beyond it a fork for a new replica takes seconds. */
export const REDIS_SHARD_BYTES = 16 * 2 ** 30
/** A commit needs a primary and one standby of its quorum. */
const POSTGRES_AT_LEAST = 2

/** @throws RangeError when no number of nodes is enough */
export function planStateless(planned: Planned): { nodes: number; tiers: TierPlan[] } {
  const { requirements, demand } = planned
  const { survive, coresPerNode, utilisationAfterLoss } = requirements
  const needed = STATELESS.map((tier) => ({
    tier,
    needed: instancesFor(planned, tier, demand.utilisation),
    neededAfterLoss: instancesFor(planned, tier, Math.max(demand.utilisation, utilisationAfterLoss)),
  }))
  const { nodes, tiers } = spreadInstances(needed, survive, coresPerNode)
  return {
    nodes,
    tiers: tiers.map(({ tier, instances, afterLoss }) => planOf(planned, tier, { instances, afterLoss, coresEach: 1 })),
  }
}

/** Shards of one thread each, with as many replicas as nodes may die. */
export function planRedis(planned: Planned, { redis }: Storage): TierPlan & { readonly shards: number } {
  const { requirements, demand } = planned
  const bytes = redis.accountBytes + redis.idempotencyBytes + redis.paymentBytes
  const shards = Math.max(instancesFor(planned, 'redis', demand.utilisation), Math.ceil(bytes / REDIS_SHARD_BYTES))
  const plan = planOf(planned, 'redis', { instances: shards, afterLoss: shards, coresEach: 1 })
  return { ...plan, shards, instances: shards * (1 + requirements.survive), memoryBytes: bytes / shards }
}

/**
 * Brokers. A copy is taken to cost what the leader's does: more than it can, as a follower serves no clients; the measured
 * broker had no follower.
 */
export function planKafka(planned: Planned): TierPlan {
  const { requirements, demand } = planned
  const { survive, kafkaCopies, coresPerNode, utilisationAfterLoss } = requirements
  const perS = demand.writesPerS * kafkaCopies
  const brokersFor = (utilisation: number): number => instancesFor(planned, 'kafka', utilisation, perS, coresPerNode)
  // Controllers decide by majority: 2n + 1 survive n.
  const instances = Math.max(
    brokersFor(demand.utilisation),
    brokersFor(Math.max(demand.utilisation, utilisationAfterLoss)) + survive,
    kafkaCopies,
    2 * survive + 1,
  )
  return planOf(planned, 'kafka', { instances, afterLoss: instances - survive, coresEach: coresPerNode, perS })
}

/**
 * A primary, and standbys as large, as one of them may have to take over: `survive` of all may be gone while commits still
 * find their quorum. Every standby replays every payment, so that more of them take no load off each other.
 */
export function planPostgres(planned: Planned): [primary: TierPlan, standbys: TierPlan] {
  const { requirements, demand, model } = planned
  const standbys = requirements.survive + POSTGRES_AT_LEAST - 1
  const measuredStandbys = demandNamed(model, 'postgres replicas').nodes
  const replayedPerS = (demand.writesPerS * standbys) / measuredStandbys
  const coresOf = (tier: string, instances: number, perS: number): number =>
    Math.ceil(busyCores(planned, tier, perS) / instances / demand.utilisation)
  const coresEach = Math.max(
    coresOf('postgres primary', 1, demand.writesPerS),
    coresOf('postgres replicas', standbys, replayedPerS),
  )
  return [
    planOf(planned, 'postgres primary', { instances: 1, afterLoss: 1, coresEach }),
    // What one replays stays the same whoever dies.
    planOf(planned, 'postgres replicas', { instances: standbys, afterLoss: standbys, coresEach, perS: replayedPerS }),
  ]
}

export function demandNamed({ tiers }: SweepModel, tier: string): TierDemand {
  const demand = tiers.find((one) => one.tier === tier)
  if (demand === undefined) throw new RangeError(`the measurements know nothing of ${tier}`)
  return demand
}

function busyCores({ model, speed }: Planned, tier: string, perS: number): number {
  return (demandNamed(model, tier).micros * speed * perS) / 1e6
}

/** The fewest of them of which none is busier than that. */
function instancesFor(
  planned: Planned,
  tier: string,
  utilisation: number,
  perS = rateOfUnit(planned.demand, demandNamed(planned.model, tier).unit),
  coresEach = 1,
): number {
  return Math.max(1, Math.ceil(busyCores(planned, tier, perS) / (coresEach * utilisation)))
}

interface Instances {
  readonly instances: number
  readonly afterLoss: number
  readonly coresEach: number
  readonly perS?: number
}

function planOf(planned: Planned, tier: string, { instances, afterLoss, coresEach, perS: given }: Instances): TierPlan {
  const { model, demand, speed } = planned
  const { unit, micros, rssBytes } = demandNamed(model, tier)
  const perS = given ?? rateOfUnit(demand, unit)
  const cores = busyCores(planned, tier, perS)
  return {
    tier,
    unit,
    perS,
    micros: micros * speed,
    cores,
    instances,
    coresEach,
    utilisation: cores / (instances * coresEach),
    utilisationAfterLoss: cores / (afterLoss * coresEach),
    memoryBytes: rssBytes,
  }
}
