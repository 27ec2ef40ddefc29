import { systemClock } from '@paycluster/platform/clock'
import { createEventsPool } from '../events-pool.ts'
import type { ListenerOptions } from '../listener.ts'
import { ClusterObserver } from './cluster-observer.ts'

/** Who knows the state of the whole cluster, for all modules that ask. Connects when it is asked first. */
export function createObserver({
  settings,
  kafka,
  logger,
}: Pick<ListenerOptions, 'settings' | 'kafka' | 'logger'>): ClusterObserver {
  const { INSTANCE: name, PRIMARY_URL: url, PROCESSES: processes } = settings
  const pool = createEventsPool({ url, name, logger, max: 1, statementTimeoutMs: 1_000 })
  return new ClusterObserver({ processes, admin: kafka.admin(), pool, clock: systemClock, logger })
}
