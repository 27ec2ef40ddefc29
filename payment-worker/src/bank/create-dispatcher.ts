import pg from 'pg'
import type { Registry } from 'prom-client'
import { systemClock } from '@paycluster/platform/clock'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Logger } from '@paycluster/platform/logging'
import { surviveLostConnections } from '@paycluster/platform/postgres/survive-lost-connections'
import type { Settings } from '../config.ts'
import type { MessageSink } from '../publishing/batch-publisher.ts'
import { BankCircuit } from './bank-circuit.ts'
import { BankClient } from './bank-client.ts'
import { Dispatcher } from './dispatcher.ts'
import { DispatcherMetrics } from './dispatcher-metrics.ts'
import { TaskStore } from './task-store.ts'

/** One claims, one writes down. */
const CONNECTIONS = 2
const CONNECT_TIMEOUT_MS = 3_000
/** The share of the last requests that has to fail for the circuit to open. */
const CIRCUIT = { size: 20, threshold: 0.5 }
/** A lease outlasts the request and what comes after it. */
const LEASE_MARGIN_MS = 10_000

export interface DispatcherHandle {
  start(): void
  nudge(): void
  /** Has the bank asked about these payments now, 32 hexadecimal digits each. @throws DatabaseError */
  hurry(payments: readonly string[]): Promise<void>
  stop(): Promise<void>
}

/** Without a bank, tasks wait for a worker that has one. */
const NO_BANK: DispatcherHandle = {
  start: () => undefined,
  nudge: () => undefined,
  hurry: () => Promise.resolve(),
  stop: () => Promise.resolve(),
}

/** @param parts  `commands` is the topic of commands */
export function createDispatcher(
  settings: Settings,
  parts: { commands: MessageSink; ids: IdCodec; logger: Logger; registry: Registry },
): DispatcherHandle {
  const { BANK_URL: url, INSTANCE: name } = settings
  const { logger, registry } = parts
  if (url === undefined) {
    logger.info('no bank is configured: deposits, withdrawals and card payments wait')
    return NO_BANK
  }
  const pool = new pg.Pool({
    connectionString: settings.PRIMARY_URL,
    application_name: `${name}-bank`,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // A claim that a crash loses is asked of the bank again, under the same key: no commit need wait for a disk.
    options: '-c synchronous_commit=off',
  })
  surviveLostConnections(pool, logger)
  const bank = new BankClient({
    url,
    apiKey: settings.BANK_API_KEY,
    timeoutMs: settings.BANK_TIMEOUT_MS,
    maxConnections: settings.BANK_MAX_IN_FLIGHT,
  })
  const metrics: DispatcherMetrics = new DispatcherMetrics(registry, () => dispatcher.inHand)
  const circuit = new BankCircuit({
    ...CIRCUIT,
    halfOpenAfterMs: settings.BANK_CIRCUIT_OPEN_MS,
    onChange: (isOpen) => {
      logger.warn(isOpen ? 'the bank does not answer' : 'the bank answers again')
      metrics.circuit(isOpen)
    },
  })
  const store = new TaskStore(pool)
  const dispatcher = new Dispatcher({
    ...parts,
    store,
    bank,
    circuit,
    clock: systemClock,
    metrics,
    settings: {
      intervalMs: settings.BANK_POLL_INTERVAL_MS,
      leaseMs: settings.BANK_TIMEOUT_MS + LEASE_MARGIN_MS,
      maxInFlight: settings.BANK_MAX_IN_FLIGHT,
      maxAttempts: settings.BANK_MAX_ATTEMPTS,
      backoff: { baseMs: settings.BANK_BACKOFF_BASE_MS, capMs: settings.BANK_BACKOFF_CAP_MS },
      pendingCheckMs: settings.BANK_PENDING_CHECK_MS,
    },
  })
  return {
    start: () => {
      dispatcher.start()
    },
    nudge: () => {
      dispatcher.nudge()
    },
    hurry: async (payments) => {
      await store.makeDue(payments)
      dispatcher.nudge()
    },
    stop: async () => {
      await dispatcher.stop()
      await Promise.all([bank.close(), pool.end()])
    },
  }
}
