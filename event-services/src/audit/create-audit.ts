import { AUDIT_GROUP, EVENTS_TOPIC, TOPIC_PARTITIONS } from '@paycluster/contracts'
import { HeadSigner } from '@paycluster/platform/audit/audit-chain'
import { systemClock } from '@paycluster/platform/clock'
import { BatchServer } from '@paycluster/platform/kafka/batch-server'
import { createEventsPool } from '../events-pool.ts'
import { MAX_BATCH_MS, type Listener, type ListenerOptions } from '../listener.ts'
import { AuditLog } from './audit-log.ts'
import { AuditMetrics } from './audit-metrics.ts'
import { AUDIT_PARTS, AUDIT_TRANSPORT, AuditController, type AuditParts } from './audit.controller.ts'

/** Nobody waits for a record: a few large fetches cost less than many small ones. As much as one partition gives at once. */
const FETCH_BYTES = 262_144
/** One at work, and one while it is being replaced. */
const MAX_CONNECTIONS = 2

/** What keeps the audit log. */
export function createAudit({ settings, kafka, registry, rightOfWay, logger }: ListenerOptions): Listener {
  const { INSTANCE: name, PRIMARY_URL: url, CLUSTER_SECRET: clusterSecret } = settings
  const pool = createEventsPool({ url, name, logger, max: MAX_CONNECTIONS })
  const parts: AuditParts = {
    log: new AuditLog(pool, new HeadSigner(clusterSecret), systemClock),
    metrics: new AuditMetrics(registry),
    rightOfWay,
    logger,
  }
  return {
    server: new BatchServer({
      kafka,
      groupId: AUDIT_GROUP,
      topic: EVENTS_TOPIC,
      partitions: TOPIC_PARTITIONS,
      transportId: AUDIT_TRANSPORT,
      maxMessages: settings.AUDIT_BATCH_MAX_EVENTS,
      maxBytes: settings.AUDIT_BATCH_MAX_BYTES,
      // One chain: a second batch would only wait for the first.
      concurrency: 1,
      maxBatchMs: MAX_BATCH_MS,
      // The fetch has waited already.
      lingerMs: 0,
      minFetchBytes: FETCH_BYTES,
      logger,
    }),
    controllers: [AuditController],
    providers: [{ provide: AUDIT_PARTS, useValue: parts }],
    start: () => undefined,
    close: () => pool.end(),
  }
}
