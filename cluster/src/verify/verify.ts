/** Checks every invariant of a running cluster, one after the other: it takes no more than a core from what runs there. */
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { createKafkaClient } from '@paycluster/platform/kafka/kafka-client'
import { createLogger } from '@paycluster/platform/logging'
import type { Kafka } from 'kafkajs'
import { checkAccepted, type AcceptedFindings } from './check-accepted.ts'
import { checkAudit } from './check-audit.ts'
import { checkCache } from './check-cache.ts'
import { checkEvents } from './check-events.ts'
import { checkLedger } from './check-ledger.ts'
import { checkLog } from './check-log.ts'
import { checkReplicas } from './check-replicas.ts'
import { add, check, findingOf, notApplicable, unchecked, type Finding, type InvariantResult } from './invariant.ts'
import type { VerifyTarget } from './target.ts'

export interface VerifyOptions {
  /** How long an accepted command may take to be posted and published, and a replica to replay. Default 30 s. */
  readonly waitMs?: number
  readonly onResult?: (result: InvariantResult) => void
}

const DEFAULT_WAIT_MS = 30_000
const REDIS_TIMEOUT_MS = 5_000
/** What goes wrong is thrown, and is part of the result. */
const SILENT = createLogger('verify', 'fatal')

/** Whether a cluster with these results is one that can be trusted. What was not checked is not. */
export const passed = (results: readonly InvariantResult[]): boolean =>
  results.every(({ state }) => state === 'ok' || state === 'not applicable')

/** I1 to I11, in their order. Never throws: what cannot be checked is `unchecked`. */
export async function verify(target: VerifyTarget, options: VerifyOptions = {}): Promise<InvariantResult[]> {
  const waitMs = options.waitMs ?? DEFAULT_WAIT_MS
  const codec = new IdCodec(target.clusterSecret)
  const kafka = createKafkaClient({ brokers: target.kafkaBrokers, clientId: 'verify', logger: SILENT })
  const results: InvariantResult[] = []
  const report = (...more: readonly InvariantResult[]): void => {
    for (const result of more) {
      results.push(result)
      options.onResult?.(result)
    }
  }
  report(...(await checkLedger(target.primaryUrl)))
  report(...(await checkWhatClientsSaw(target, codec, kafka, waitMs)))
  report(await check('I8', 'the cache holds what the primary holds', () => withRedis(target, codec)))
  report(
    target.replicas.length === 0
      ? notApplicable('I9', REPLICAS_CONVERGE, 'the cluster has no replicas')
      : await check('I9', REPLICAS_CONVERGE, () => checkReplicas(target.primaryUrl, target.replicas, waitMs)),
  )
  report(await check('I10', 'every payment has its event', () => checkEvents(target.primaryUrl, kafka, waitMs)))
  report(
    await check('I11', 'the audit log is as it was signed', () => checkAudit(target.primaryUrl, target.clusterSecret)),
  )
  return results
}

const REPLICAS_CONVERGE = 'replicas converge'
const ACCEPTED = 'every accepted id has one row, terminal'
const NEVER_BACKWARDS = 'no client saw a version go backwards'

async function checkWhatClientsSaw(
  target: VerifyTarget,
  codec: IdCodec,
  kafka: Kafka,
  waitMs: number,
): Promise<InvariantResult[]> {
  let seen: AcceptedFindings | undefined
  const accepted = await check('I6', ACCEPTED, async () => {
    // First: it waits until what was accepted is posted.
    const log = await onLog(target, kafka, waitMs)
    if (target.acceptedFile === undefined) return withNote(log, 'no record of accepted ids: the log alone was checked')
    seen = await checkAccepted(target.primaryUrl, codec, target.acceptedFile)
    return add(log, seen.accepted)
  })
  return [accepted, await neverBackwards(target, seen, accepted)]
}

/** I7, from the remarks in the record of what was accepted, if it was read. */
async function neverBackwards(
  { acceptedFile }: VerifyTarget,
  seen: AcceptedFindings | undefined,
  accepted: InvariantResult,
): Promise<InvariantResult> {
  if (seen === undefined && acceptedFile !== undefined)
    return unchecked('I7', NEVER_BACKWARDS, `the record was not read: ${accepted.notes.join(' ')}`)
  const rows = seen?.remarks ?? []
  if (rows.length === 0)
    return notApplicable('I7', NEVER_BACKWARDS, 'seen by clients only: the report of a load run has the verdict')
  return check('I7', NEVER_BACKWARDS, () => Promise.resolve(findingOf(rows.length, rows)))
}

async function onLog(target: VerifyTarget, kafka: Kafka, waitMs: number): Promise<Finding> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await checkLog(target.primaryUrl, admin, waitMs)
  } finally {
    await admin.disconnect()
  }
}

async function withRedis(target: VerifyTarget, codec: IdCodec): Promise<Finding> {
  const redis = createRedisClient({
    url: target.redisUrl,
    name: 'verify',
    commandTimeoutMs: REDIS_TIMEOUT_MS,
    logger: SILENT,
  })
  try {
    await untilReady(redis)
    return await checkCache(target.primaryUrl, redis, codec)
  } finally {
    redis.disconnect()
  }
}

/** The client connects in the background, for ever. */
function untilReady(redis: ReturnType<typeof createRedisClient>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('Redis does not answer'))
    }, REDIS_TIMEOUT_MS)
    redis.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

const withNote = (finding: Finding, note: string): Finding => ({ ...finding, notes: [...(finding.notes ?? []), note] })
