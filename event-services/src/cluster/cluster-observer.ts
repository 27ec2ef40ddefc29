/** Puts together what the cluster's processes, Kafka and the primary say of themselves. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import type { Pool } from 'pg'
import type { ClusterState, DatabaseNodeState, ProcessState } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import { isoTime } from '@paycluster/platform/iso-time'
import type { Logger } from '@paycluster/platform/logging'
import { readGroupLags, type LagAdmin } from './group-lags.ts'
import { probeProcess, type ProbedProcess, type ProcessAddress } from './process-probe.ts'

/** An answer is good for so long after it was there: who looks twice a second costs the cluster nothing more. */
const FRESH_MS = 1_000
/** What has not answered by then does not. */
const LOOK_MS = 2_000
/** As inquiry-service names it. */
const PRIMARY = 'primary'
const OPEN_DEAD_LETTERS = {
  name: 'count-open-dead-letters',
  text: `SELECT count(*)::int AS count FROM dead_letters WHERE state = 'open'`,
}

/** What waits in a process, by the metric that says so. */
const QUEUES = {
  kafka_producer_queued_messages: 'messages waiting for Kafka',
  outcome_waiters: 'requests waiting for their outcome',
  worker_unpublished_batches: 'batches posted and not published',
  bank_tasks_in_hand: 'bank tasks in hand',
  webhook_deliveries_in_hand: 'webhook deliveries in hand',
} as const
const BREAKERS = { bank_circuit_open: 'bank', inquiry_cache_away: 'redis' } as const

export interface ClusterObserverParts {
  readonly processes: readonly ProcessAddress[]
  readonly admin: LagAdmin & Pick<Admin, 'connect' | 'disconnect'>
  /** Ended with the observer. */
  readonly pool: Pool
  readonly clock: Clock
  readonly logger: Logger
}

export class ClusterObserver {
  readonly #parts: ClusterObserverParts
  #underWay: Promise<ClusterState> | undefined
  #last: { readonly state: ClusterState; readonly untilMs: number } | undefined
  #isConnected = false

  constructor(parts: ClusterObserverParts) {
    this.#parts = parts
  }

  /** One look at a time, for all who ask. Never rejects: what does not answer within two seconds is part of it. */
  state(): Promise<ClusterState> {
    const last = this.#last
    if (last !== undefined && performance.now() < last.untilMs) return Promise.resolve(last.state)
    this.#underWay ??= this.#look().then((state) => {
      this.#last = { state, untilMs: performance.now() + FRESH_MS }
      this.#underWay = undefined
      return state
    })
    return this.#underWay
  }

  async close(): Promise<void> {
    const { admin, pool } = this.#parts
    await Promise.all([admin.disconnect().catch(() => undefined), pool.end()])
  }

  async #look(): Promise<ClusterState> {
    const { processes, clock } = this.#parts
    const as_of = isoTime(clock.now())
    const [probed, groups, open_dead_letters] = await Promise.all([
      Promise.all(processes.map(probeProcess)),
      within(LOOK_MS, this.#groups()),
      within(LOOK_MS, this.#openDeadLetters()),
    ])
    return {
      as_of,
      processes: probed.map(toProcessState),
      nodes: nodesOf(probed),
      groups,
      breakers: probed.flatMap((process) => breakersOf(process)),
      queues: probed.flatMap((process) => queuesOf(process)),
      open_dead_letters,
    }
  }

  async #groups(): Promise<ClusterState['groups']> {
    const { admin, logger } = this.#parts
    try {
      if (!this.#isConnected) await admin.connect()
      this.#isConnected = true
      return await readGroupLags(admin)
    } catch (error) {
      this.#isConnected = false
      logger.debug({ err: error }, 'Kafka does not say how far its groups are')
      return null
    }
  }

  async #openDeadLetters(): Promise<number | null> {
    try {
      const { rows } = await this.#parts.pool.query<{ count: number }>(OPEN_DEAD_LETTERS)
      return rows[0]?.count ?? null
    } catch (error) {
      this.#parts.logger.debug({ err: error }, 'the primary does not say what is dead')
      return null
    }
  }
}

/** null for what takes longer. */
const within = <T>(ms: number, answer: Promise<T>): Promise<T | null> =>
  Promise.race([answer, delay(ms, null, { ref: false })])

function toProcessState({ name, isUp, isReady, reasons, metrics }: ProbedProcess): ProcessState {
  const startedAtS = metrics.value('process_start_time_seconds')
  const lagS = metrics.value('nodejs_eventloop_lag_p99_seconds')
  return {
    name,
    is_up: isUp,
    is_ready: isReady,
    reasons: { ...reasons },
    started_at: startedAtS === null ? null : isoTime(Math.round(startedAtS * 1000)),
    memory_bytes: metrics.value('process_resident_memory_bytes'),
    cpu_seconds: metrics.value('process_cpu_seconds_total'),
    event_loop_p99_ms: lagS === null ? null : Math.round(lagS * 10_000) / 10,
  }
}

/** Each as the instance sees it that is closest: one that can be asked by any of them is up. */
function nodesOf(processes: readonly ProbedProcess[]): DatabaseNodeState[] {
  const nodes = new Map<string, DatabaseNodeState>()
  for (const { metrics } of processes) {
    const [bytes, seconds] = ['postgres_replica_lag_bytes', 'postgres_replica_lag_seconds'].map((name) =>
      metrics.byLabel(name, 'node'),
    )
    for (const [name, up] of metrics.byLabel('postgres_node_up', 'node')) {
      const lag_bytes = bytes?.get(name) ?? null
      const lagS = seconds?.get(name)
      const seen = nodes.get(name)
      if (seen?.is_up === true && up === 0) continue
      nodes.set(name, {
        name,
        role: name === PRIMARY ? 'primary' : 'replica',
        is_up: up === 1,
        lag_bytes,
        lag_ms: lagS === undefined ? null : Math.round(lagS * 1000),
      })
    }
  }
  return [...nodes.values()].sort((a, b) => a.role.localeCompare(b.role) || a.name.localeCompare(b.name))
}

const breakersOf = ({ name: process, metrics }: ProbedProcess): ClusterState['breakers'] =>
  Object.entries(BREAKERS).flatMap(([metric, name]) => {
    const value = metrics.value(metric)
    return value === null ? [] : [{ process, name, is_open: value === 1 }]
  })

const queuesOf = ({ name: process, metrics }: ProbedProcess): ClusterState['queues'] =>
  Object.entries(QUEUES).flatMap(([metric, name]) => {
    const depth = metrics.value(metric)
    return depth === null ? [] : [{ process, name, depth }]
  })
