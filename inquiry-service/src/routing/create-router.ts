import { systemClock } from '@paycluster/platform/clock'
import type { Logger } from '@paycluster/platform/logging'
import { createNodePool, type NodePool } from '@paycluster/platform/postgres/node-pool'
import { PrimaryNode } from '@paycluster/platform/postgres/primary-node'
import { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { ReplicaNode } from '@paycluster/platform/postgres/replica-node'
import type { Settings } from '../config.ts'

/** A probe is one row of functions: a node that takes longer has a problem. */
const PROBE_TIMEOUT_MS = 500

/** The nodes of the settings, each with its pool and a connection of its own for probes. */
export function createRouter(settings: Settings, logger: Logger): ReadRouter {
  const queries = (url: string): NodePool =>
    createNodePool({
      url,
      applicationName: settings.INSTANCE,
      maxConnections: settings.POOL_MAX,
      statementTimeoutMs: settings.STATEMENT_TIMEOUT_MS,
      connectTimeoutMs: settings.CONNECT_TIMEOUT_MS,
    })
  const probes = (url: string): NodePool =>
    createNodePool({
      url,
      applicationName: `${settings.INSTANCE} probe`,
      maxConnections: 1,
      statementTimeoutMs: PROBE_TIMEOUT_MS,
      answerTimeoutMs: PROBE_TIMEOUT_MS,
      connectTimeoutMs: PROBE_TIMEOUT_MS,
    })
  const { PRIMARY_URL, REPLICA_URLS } = settings
  return new ReadRouter(
    new PrimaryNode(queries(PRIMARY_URL), probes(PRIMARY_URL), systemClock),
    REPLICA_URLS.map(({ name, url }) => new ReplicaNode(name, queries(url), probes(url), systemClock)),
    {
      readIndex: settings.READ_INDEX === 'on',
      readIndexTimeoutMs: settings.READ_INDEX_TIMEOUT_MS,
      waitMs: settings.REPLICA_WAIT_MS,
      maxLagBytes: settings.MAX_LAG_BYTES,
      maxLagMs: settings.MAX_LAG_MS,
      probeIntervalMs: settings.PROBE_INTERVAL_MS,
      maxWaiting: settings.POOL_MAX_WAITING,
      primaryBudget: {
        maxConcurrent: settings.PRIMARY_MAX_CONCURRENT,
        perSecond: settings.PRIMARY_PER_SECOND,
      },
    },
    systemClock,
    logger,
  )
}
