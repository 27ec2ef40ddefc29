import { systemClock } from '@paycluster/platform/clock'
import { createEventsPool } from '../events-pool.ts'
import type { Listener, ListenerOptions } from '../listener.ts'
import { ClusterController } from './cluster.controller.ts'
import { ClusterObserver } from './cluster-observer.ts'

/** What shows the state of the whole cluster. */
export function createClusterView({ settings, kafka, logger }: ListenerOptions): Listener {
  const { INSTANCE: name, PRIMARY_URL: url, PROCESSES: processes } = settings
  const pool = createEventsPool({ url, name, logger, max: 1, statementTimeoutMs: 1_000 })
  const observer = new ClusterObserver({ processes, admin: kafka.admin(), pool, clock: systemClock, logger })
  return {
    controllers: [ClusterController],
    providers: [{ provide: ClusterObserver, useValue: observer }],
    start: () => undefined,
    close: async () => {
      await Promise.all([observer.close(), pool.end()])
    },
  }
}
