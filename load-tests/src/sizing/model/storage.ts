/** What payments leave on disks and in memory. Pure. */
import { topicsOf } from '@paycluster/platform/kafka/topics'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import { IDEMPOTENCY_TTL_S } from '@paycluster/platform/idempotency/idempotency-record'
import { DEFAULT_CACHE_SETTINGS } from '@paycluster/platform/cache/versioned-cache'
import type { Growth, Measurements } from '../measurements.ts'
import type { Requirements } from './requirements.ts'

export const DAY_S = 86_400
export const MONTH_S = (365.25 / 12) * DAY_S
/** How long the cluster itself keeps commands and events. */
export const RETENTION_DAYS =
  (topicsOf(1).find(({ topic }) => topic === COMMANDS_TOPIC)?.retentionMs ?? 0) / (DAY_S * 1000)

/** Of one payment, on one node. */
export interface PaymentFootprint {
  readonly ledgerBytes: number
  readonly walBytes: number
  readonly kafkaBytes: number
  /** Calls of the primary's that write, extend or sync a file. */
  readonly ios: number
  readonly commandsABatch: number
}

export function footprintOf(growth: Growth): PaymentFootprint {
  const { payments, batches, tableBytes, walBytes, relationIo, walIo, commandBytes, eventBytes } = growth
  const ios = [relationIo, walIo].reduce((sum, io) => sum + io.writes + io.extends + io.fsyncs, 0)
  return {
    ledgerBytes: Object.values(tableBytes).reduce((sum, bytes) => sum + bytes, 0) / payments,
    walBytes: walBytes / payments,
    kafkaBytes: (commandBytes + eventBytes) / payments,
    ios: ios / payments,
    commandsABatch: payments / Math.max(1, batches),
  }
}

export interface Storage {
  readonly paymentsAMonth: number
  /** Of one PostgreSQL node. */
  readonly ledgerBytesAMonth: number
  /** What an archive of the log grows by. */
  readonly walBytesAMonth: number
  /** Of the whole log, all copies, at its retention. */
  readonly kafkaBytes: number
  readonly redis: {
    readonly accountBytes: number
    readonly idempotencyBytes: number
    readonly paymentBytes: number
  }
}

/** Kinds of keys that an account has in the cache; pages of its past come when they are asked for. */
const ACCOUNT_KEYS = ['bal', 'acc', 'ent']

/** @param writesPerS  at the peak */
export function storageOf(
  { growth, redis }: Pick<Measurements, 'growth' | 'redis'>,
  writesPerS: number,
  { peakToAverage, retentionDays, kafkaCopies, cachedAccounts }: Requirements,
): Storage {
  const { ledgerBytes, walBytes, kafkaBytes } = footprintOf(growth)
  const averagePerS = writesPerS / peakToAverage
  const bytesOf = (prefix: string): number => redis.prefixes[prefix]?.meanBytes ?? 0
  return {
    paymentsAMonth: averagePerS * MONTH_S,
    ledgerBytesAMonth: averagePerS * MONTH_S * ledgerBytes,
    walBytesAMonth: averagePerS * MONTH_S * walBytes,
    kafkaBytes: averagePerS * retentionDays * DAY_S * kafkaBytes * kafkaCopies,
    redis: {
      accountBytes: cachedAccounts * ACCOUNT_KEYS.reduce((sum, prefix) => sum + bytesOf(prefix), 0),
      // The peak lasts for less than a day.
      idempotencyBytes: averagePerS * IDEMPOTENCY_TTL_S * bytesOf('idem'),
      paymentBytes: writesPerS * (DEFAULT_CACHE_SETTINGS.ttlMs / 1000) * bytesOf('pay'),
    },
  }
}
