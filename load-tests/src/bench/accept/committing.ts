/** Payments through the gateway to their commit: with few clients, with many, in batches, and with pauses between them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { latencyBetween, scrapeWorkers } from '../../applied/worker-latency.ts'
import { postedCommands, watchDrain } from '../backlog/drain.ts'
import { driveInParts, type Driven } from '../common/drive.ts'
import { LeanClient } from '../common/http-client.ts'
import { sumOfLogEnds } from '../common/log-ends.ts'
import { measureWays, type Way, type WayReport } from '../common/ways.ts'
import { commitRound, requireSucceeded, type CommitRound } from './commit-round.ts'
import type { AcceptStage } from './accept-stage.ts'
import {
  BATCH_SIZE,
  BATCHES,
  commitReport,
  FEW,
  IDLE,
  MANY,
  type CommitAside,
  type CommitReport,
} from './commit-report.ts'

const CLIENTS_OF = { [FEW]: 64, [MANY]: 500 } as const
const BATCH_CLIENTS = 16
/** A round of batches is over too soon otherwise. */
const BATCHED_FACTOR = 5
const IDLE_PAYMENTS = 60
/** Longer than any linger remembers the load before. */
const IDLE_PAUSE_MS = 50

export async function measureCommitting(
  stage: AcceptStage,
): Promise<{ committing: WayReport[]; commits: CommitReport[] }> {
  const { target, processes, rounds, stop, say } = stage
  say('waiting until the workers have posted what was accepted')
  await settle(stage)
  const gateway = new LeanClient(target.url, { connections: CLIENTS_OF[MANY] })
  try {
    const asides = new Map<string, CommitAside[]>([FEW, MANY, BATCHES, IDLE].map((name) => [name, []]))
    const ways = waysThrough(gateway, stage, (name, aside) => asides.get(name)?.push(aside))
    const warmUp = waysThrough(gateway, { ...stage, payments: Math.ceil(stage.payments / 2) }, () => undefined)
    say('warming up')
    await measureWays({ ways: warmUp, rounds: 1, processes, stop, say: () => undefined })
    const committing = await measureWays({ ways, rounds, processes, stop, say })
    return { committing, commits: [...asides].map(([name, rounds]) => commitReport(name, rounds)) }
  } finally {
    await gateway.close()
  }
}

function waysThrough(
  gateway: LeanClient,
  stage: AcceptStage,
  onRound: (name: string, aside: CommitAside) => void,
): Way[] {
  const { target, payments } = stage
  const { workers } = target.cluster
  const { payer } = stage
  const headers = { authorization: `Bearer ${target.apiKey}` }
  const pay = () => payer.pay(gateway, headers)
  /** Its Driven, with what a second is of: commits. */
  const watched = async (name: string, run: () => Promise<{ driven: Driven; drainS: number }>): Promise<Driven> => {
    const before = await scrapeWorkers(workers)
    const { driven, drainS } = await run()
    const applied = latencyBetween(before, await scrapeWorkers(workers))
    onRound(name, { drainS, appliedP50Ms: applied?.p50Ms })
    return driven
  }
  const many = (name: keyof typeof CLIENTS_OF): Way => ({
    name,
    drive: () =>
      watched(name, async () => {
        const work = {
          concurrency: CLIENTS_OF[name],
          requests: payments,
          send: pay,
          idsOf: (from: number, to: number) => payer.idsOf(from, to),
        }
        return committed(await commitRound(stage, work))
      }),
  })
  const batches: Way = {
    name: BATCHES,
    unitsPerRequest: BATCH_SIZE,
    drive: () =>
      watched(BATCHES, async () => {
        const work = {
          concurrency: BATCH_CLIENTS,
          requests: Math.ceil((payments * BATCHED_FACTOR) / BATCH_SIZE),
          send: () => payer.payMany(gateway, headers, BATCH_SIZE),
          idsOf: (from: number, to: number) => payer.idsOfMany(from, to, BATCH_SIZE),
        }
        return committed(await commitRound(stage, work))
      }),
  }
  return [many(FEW), many(MANY), batches, { name: IDLE, drive: () => watched(IDLE, () => payOneByOne(stage, pay)) }]
}

const committed = ({ accepted, committedPerS, drainS }: CommitRound): { driven: Driven; drainS: number } => ({
  driven: { ...accepted, perS: committedPerS },
  drainS,
})

/** A client who pauses after each payment, so that each meets a cluster that does nothing. */
async function payOneByOne(
  { target, payer, stop, monitor }: AcceptStage,
  pay: () => Promise<void>,
): Promise<{ driven: Driven; drainS: number }> {
  const first = payer.paid
  const end = (await postedCommands(monitor)) + IDLE_PAYMENTS
  const driven = await driveInParts(1, IDLE_PAYMENTS, 1, () => sleep(IDLE_PAUSE_MS), pay, stop)
  const acceptedAtMs = performance.now()
  await watchDrain(() => postedCommands(monitor), end, stop)
  await requireSucceeded(target, payer.idsOf(first, payer.paid))
  return { driven, drainS: (performance.now() - acceptedAtMs) / 1000 }
}

/** Until the ledger has all that the log has. */
async function settle({ target, monitor, stop }: AcceptStage): Promise<void> {
  const end = await sumOfLogEnds(target.cluster)
  await watchDrain(() => postedCommands(monitor), end, stop)
}
