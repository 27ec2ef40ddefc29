/**
 * How fast those who listen to events catch up: event-services stopped, payments posted and their events on the log, then
 * event-services started, and each group watched until it has done with all of them.
 *
 * With a receiver of webhooks the messages have to arrive as well; without one, nobody wants to be told.
 */
import { PaymentClient, type ApiError } from '@paycluster/client'
import { clusterStatus } from '@paycluster/cluster/cluster-status'
import { brokerAddress } from '@paycluster/cluster/nodes/kafka'
import { committedOffsets, partitionRanges } from '@paycluster/platform/kafka/log-offsets'
import { ALERTS_GROUP, ANALYTICS_GROUP, AUDIT_GROUP, EVENTS_TOPIC, WEBHOOKS_GROUP } from '@paycluster/contracts'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import type { Admin } from 'kafkajs'
import { LoadError } from '../../load-error.ts'
import { processesOf, type LocalCluster, type Target } from '../../target/target.ts'
import { takeSnapshot } from '../../usage/snapshot.ts'
import { usageBetween } from '../../usage/tiers.ts'
import { runBacklog } from '../backlog/run-backlog.ts'
import { rateOf, watchDrain, type Look } from '../backlog/drain.ts'
import { CalibratedWindow, describeMachine, type Calibration, type Machine } from '../common/calibration.ts'
import { judge, type JudgedGoal } from '../common/goals.ts'
import { spreadOf, type Spread } from '../common/rounds.ts'
import { tellListeners } from '../common/workers.ts'
import { ListenerReceiver } from './listener-receiver.ts'

const EVENTS_PER_S = 5_000

export interface ListenersBench {
  readonly target: Target & { readonly cluster: LocalCluster }
  readonly rounds: number
  /** Of each round, and as many events. */
  readonly payments: number
  /** Whether a receiver is told of each of them. */
  readonly isTold: boolean
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

export interface ListenersRound {
  /** Events a second by group, from the first that it has done with to the last. */
  readonly perS: Readonly<Record<string, number>>
  /** Messages that arrived a second, and how many more requests there were than messages. */
  readonly arrivedPerS: number | undefined
  readonly repeated: number
  /** CPU of event-services for each event, over all groups, in microseconds. */
  readonly microsPerEvent: number | undefined
}

export interface ListenersReport {
  readonly bench: 'listeners'
  readonly machine: Machine
  readonly calibration: Calibration
  readonly payments: number
  readonly rounds: readonly ListenersRound[]
  readonly perS: Readonly<Record<string, Spread>>
  readonly goals: readonly JudgedGoal[]
}

const GROUPS = [AUDIT_GROUP, WEBHOOKS_GROUP, ALERTS_GROUP, ANALYTICS_GROUP]
const ARRIVED = 'webhooks arrived'

/** @throws LoadError · ClusterError when a process does not stop or start */
export async function runListeners(bench: ListenersBench): Promise<ListenersReport> {
  const { target, rounds, payments, isTold, stop, say } = bench
  const { cluster } = target
  const window = new CalibratedWindow(() => [])
  const logger = createLogger('bench', 'fatal')
  const admin = createKafkaClient({ brokers: [brokerAddress(cluster.settings)], clientId: 'bench', logger }).admin()
  await admin.connect()
  const receiver = isTold ? new ListenerReceiver() : undefined
  const endpoint = receiver === undefined ? undefined : await makeEndpoint(target, await receiver.start())
  const results: ListenersRound[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      stop.throwIfAborted()
      results.push(await runRound(bench, admin, receiver))
      say(`round ${round + 1}  ${JSON.stringify(results.at(-1)?.perS)}`)
    }
  } finally {
    await tellListeners(cluster, 'start')
    await endpoint?.remove()
    await receiver?.stop()
    await admin.disconnect()
  }
  const names = receiver === undefined ? GROUPS : [...GROUPS, ARRIVED]
  const perS = Object.fromEntries(names.map((name) => [name, spreadOf(results.map((one) => one.perS[name] ?? NaN))]))
  const goals = Object.entries(perS).map(([name, spread]) =>
    judge({ what: name, unit: 'events/s', atLeast: EVENTS_PER_S }, spread),
  )
  return {
    bench: 'listeners',
    machine: describeMachine(),
    calibration: window.end(),
    payments,
    rounds: results,
    perS,
    goals,
  }
}

async function runRound(
  { target, payments, stop, say }: ListenersBench,
  admin: Admin,
  receiver: ListenerReceiver | undefined,
): Promise<ListenersRound> {
  const { cluster, accounts } = target
  say('stopping event-services')
  await tellListeners(cluster, 'stop')
  await runBacklog({ cluster, accounts, payments, until: 'published', stop, say })
  const end = (await partitionRanges(admin, EVENTS_TOPIC)).reduce((sum, { high }) => sum + high, 0)
  const [messagesBefore, requestsBefore] = [receiver?.messages ?? 0, receiver?.requests ?? 0]
  say('starting event-services')
  let before: ReturnType<typeof takeUsage> | undefined
  // The process's own start is not part of it.
  const onFirst = (): void => {
    before ??= takeUsage(cluster)
  }
  const arrivals = receiver && watchDrain(() => Promise.resolve(receiver.messages), messagesBefore + payments, stop)
  const [drains, arrived] = await Promise.all([
    Promise.all(GROUPS.map((group) => watchDrain(() => doneBy(admin, group), end, stop, onFirst))),
    arrivals,
    tellListeners(cluster, 'start'),
  ])
  const [from, to] = [await before, await takeUsage(cluster)]
  const rates = drains.map((looks, at): [string, number] => [GROUPS[at] ?? '', ratePerS(looks)])
  const arrivedPerS = arrived && ratePerS(arrived)
  const used = from && to && usageBetween(from, to, { request: 0, read: 0, write: payments })
  const messages = (receiver?.messages ?? 0) - messagesBefore
  return {
    perS: Object.fromEntries(arrivedPerS === undefined ? rates : [...rates, [ARRIVED, arrivedPerS]]),
    arrivedPerS,
    repeated: (receiver?.requests ?? 0) - requestsBefore - messages,
    microsPerEvent: used?.tiers.find(({ tier }) => tier === 'event-services')?.microsPerUnit,
  }
}

/** Of what was there when it began, which may be more than this round's. */
const ratePerS = (looks: readonly Look[]): number =>
  ((looks.at(-1)?.done ?? NaN) - (looks[0]?.done ?? NaN)) / rateOf(looks).elapsedS

/** Events that a group has done with, since ever. */
async function doneBy(admin: Admin, group: string): Promise<number> {
  const offsets = await committedOffsets(admin, group, EVENTS_TOPIC)
  return [...offsets.values()].reduce((sum, offset) => sum + offset, 0)
}

const takeUsage = async ({ layout }: LocalCluster) => takeSnapshot(processesOf(await clusterStatus(layout)))

async function makeEndpoint({ url, apiKey }: Target, receiver: string): Promise<{ remove(): Promise<void> }> {
  const { webhooks } = new PaymentClient({ url, apiKey })
  try {
    const { id } = await webhooks.create({ url: receiver })
    return { remove: () => webhooks.delete(id) }
  } catch (error) {
    if ((error as Partial<ApiError>).code !== 'validation_failed') throw error
    throw new LoadError('not_ready', 'the cluster sends no webhooks to this machine', {
      remedy:
        'start it with PAYCLUSTER_SERVICES_EVENT_SERVICES_ENV=\'{"WEBHOOK_TRUSTED_NETWORKS":"127.0.0.0/8"}\', or leave out --told',
    })
  }
}
