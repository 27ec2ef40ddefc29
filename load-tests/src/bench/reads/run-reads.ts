/**
 * What a read costs: cached, unchanged, a page, not cached, through Nginx and at inquiry-service's own sockets, against
 * Redis alone and Nginx alone in the same rounds. Reads move nothing.
 */
import type { LocalCluster, Target } from '../../target/target.ts'
import { CalibratedWindow, describeMachine, type Calibration, type Machine } from '../common/calibration.ts'
import { judge, type JudgedGoal } from '../common/goals.ts'
import { LeanClient } from '../common/http-client.ts'
import { spreadOf } from '../common/rounds.ts'
import { measureWays, type WayReport } from '../common/ways.ts'
import { openReadStage } from './read-stage.ts'
import { balanceBytes, HIT, IDLE, readWays } from './read-ways.ts'

export interface ReadsBench {
  readonly target: Target & { readonly cluster: LocalCluster }
  readonly rounds: number
  readonly concurrency: number
  /** Of a way in one round. */
  readonly reads: number
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

export interface ReadsReport {
  readonly bench: 'reads'
  readonly machine: Machine
  readonly calibration: Calibration
  readonly concurrency: number
  readonly reads: number
  readonly customers: number
  /** Of a balance's body. */
  readonly answerBytes: number
  readonly ways: readonly WayReport[]
  readonly goals: readonly JudgedGoal[]
}

const IDLE_P50_MS = 1.5
const HIT_MICROS = 150

/** @throws LoadError `not_ready`, `load_failed` */
export async function runReads({ target, rounds, concurrency, reads, stop, say }: ReadsBench): Promise<ReadsReport> {
  const { customers } = target.accounts
  const answerBytes = await sizeOfBalance(target)
  const stage = await openReadStage(target, concurrency, answerBytes)
  try {
    const bare = stage.bare === undefined ? [] : [{ node: 'gateway-bare', pid: stage.bare.nginx.pid }]
    const processes = () => [...target.cluster.processes, ...bare]
    if (stage.bare === undefined) say('no Nginx of our own starts: without it as a ceiling')
    const load = { customers, concurrency, reads, stop }
    const ways = readWays(stage, load)
    say('warming up')
    const warmUp = readWays(stage, { ...load, reads: Math.ceil(reads / 4) })
    await measureWays({ ways: warmUp, rounds: 1, processes, stop, say: () => undefined })
    const window = new CalibratedWindow(processes)
    const measured = await measureWays({ ways, rounds, processes, stop, say })
    return {
      bench: 'reads',
      machine: describeMachine(),
      calibration: window.end(),
      concurrency,
      reads,
      customers: customers.length,
      answerBytes,
      ways: measured,
      goals: readGoals(measured),
    }
  } finally {
    await stage.close()
  }
}

async function sizeOfBalance({ url, apiKey, accounts }: Target): Promise<number> {
  const gateway = {
    name: 'through Nginx',
    clients: [new LeanClient(url, { connections: 1 })],
    headers: { authorization: `Bearer ${apiKey}` },
  }
  try {
    return await balanceBytes({ gateway }, accounts.customers[0] ?? '')
  } finally {
    await gateway.clients[0]?.close()
  }
}

/** Pure. For two cores with the bench on them. */
export function readGoals(ways: readonly WayReport[]): JudgedGoal[] {
  const idle = ways.find(({ name }) => name === IDLE)
  const hit = ways.find(({ name }) => name === HIT)
  const micros = hit?.rounds.flatMap(({ micros: { nginx, 'inquiry-service': service } }) =>
    nginx === undefined || service === undefined ? [] : [nginx + service],
  )
  return [
    ...(idle === undefined ? [] : [judge({ what: `${IDLE}, p50`, unit: 'ms', atMost: IDLE_P50_MS }, idle.p50Ms)]),
    ...(micros === undefined || micros.length === 0
      ? []
      : [
          judge({ what: `${HIT}, CPU of Nginx and inquiry-service`, unit: 'µs', atMost: HIT_MICROS }, spreadOf(micros)),
        ]),
  ]
}
