/**
 * Ways to do one thing, in turn, each with what it cost every tier: a closed loop a way and round, between two looks at
 * the CPU time of all nodes.
 */
import { takeSnapshot, type NodeProcess } from '../../usage/snapshot.ts'
import { usageBetween } from '../../usage/tiers.ts'
import type { Driven } from './drive.ts'
import { alternate, ratioOf, spreadOf, type Measured, type Spread } from './rounds.ts'

export interface Way {
  readonly name: string
  /** The way that this one is measured against, of the same round. */
  readonly ceiling?: string
  /** Units of what is counted in one request of the loop; default 1. */
  readonly unitsPerRequest?: number
  /** What has to be there before; not measured. */
  readonly makeReady?: () => Promise<unknown>
  readonly drive: (round: number) => Promise<Driven>
}

/** One round of a way. CPU times in µs a unit, by tier; empty where nobody tells. */
export interface WayRound {
  readonly perS: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** Of the bench itself. */
  readonly clientMicros: number
  readonly micros: Readonly<Record<string, number>>
}

export interface WayReport {
  readonly name: string
  readonly rounds: readonly WayRound[]
  /** Units a second. */
  readonly perS: Spread
  readonly p50Ms: Spread
  readonly p95Ms: Spread
  readonly clientMicros: Spread
  readonly micros: Readonly<Record<string, Spread>>
  readonly ceiling: string | undefined
  /** Units a second against the ceiling's, round by round. */
  readonly ratio: Spread | undefined
}

export interface WaysBench {
  readonly ways: readonly Way[]
  readonly rounds: number
  /** Whose CPU time is looked at. */
  readonly processes: () => readonly NodeProcess[]
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

/** @throws what a way's loop throws */
export async function measureWays({ ways, rounds, processes, stop, say }: WaysBench): Promise<WayReport[]> {
  const contestants = ways.map((way) => ({
    name: way.name,
    run: async (round: number): Promise<WayRound> => {
      const measured = await measureWay(way, round, processes())
      say(`round ${round + 1}  ${way.name.padEnd(36)} ${Math.round(measured.perS).toLocaleString('en')}/s`)
      return measured
    },
  }))
  return reportWays(ways, await alternate(contestants, rounds, stop))
}

async function measureWay(
  { makeReady, drive, unitsPerRequest = 1 }: Way,
  round: number,
  processes: readonly NodeProcess[],
): Promise<WayRound> {
  await makeReady?.()
  const before = takeSnapshot(processes)
  const { count, perS, latencyMs, clientMicros } = await drive(round)
  const after = takeSnapshot(processes)
  const units = count * unitsPerRequest
  const tiers =
    before === undefined || after === undefined
      ? []
      : usageBetween(before, after, { request: units, read: units, write: units }).tiers
  return {
    perS: perS * unitsPerRequest,
    p50Ms: latencyMs?.p50 ?? NaN,
    p95Ms: latencyMs?.p95 ?? NaN,
    clientMicros: clientMicros / unitsPerRequest,
    micros: Object.fromEntries(tiers.map(({ tier, microsPerUnit = NaN }) => [tier, microsPerUnit])),
  }
}

/** Pure. A way without rounds is left out. */
export function reportWays(
  ways: readonly Pick<Way, 'name' | 'ceiling'>[],
  measured: readonly Measured<WayRound>[],
): WayReport[] {
  const roundsOf = (name: string | undefined): readonly WayRound[] =>
    measured.find((one) => one.name === name)?.rounds ?? []
  const ratesOf = (name: string): number[] => roundsOf(name).map(({ perS }) => perS)
  return ways.flatMap(({ name, ceiling }) => {
    const rounds = roundsOf(name)
    if (rounds.length === 0) return []
    const spread = (pick: (round: WayRound) => number): Spread => spreadOf(rounds.map(pick))
    const tiers = new Set(rounds.flatMap(({ micros }) => Object.keys(micros)))
    const hasCeiling = ceiling !== undefined && ratesOf(ceiling).length > 0
    return [
      {
        name,
        rounds,
        perS: spread(({ perS }) => perS),
        p50Ms: spread(({ p50Ms }) => p50Ms),
        p95Ms: spread(({ p95Ms }) => p95Ms),
        clientMicros: spread(({ clientMicros }) => clientMicros),
        micros: Object.fromEntries([...tiers].map((tier) => [tier, spread(({ micros }) => micros[tier] ?? 0)])),
        ceiling: hasCeiling ? ceiling : undefined,
        ratio: hasCeiling ? ratioOf(ratesOf(name), ratesOf(ceiling)) : undefined,
      },
    ]
  })
}
