/** The parts of the read side, made once from the settings. */
import type { Redis } from 'ioredis'
import { HeadSigner } from '@paycluster/platform/audit/audit-chain'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { VersionedCache } from '@paycluster/platform/cache/versioned-cache'
import { systemClock } from '@paycluster/platform/clock'
import { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import type { Logger } from '@paycluster/platform/logging'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { AccountLister } from './accounts/list-accounts.ts'
import { AccountReader } from './accounts/read-account.ts'
import { AuditReader } from './audit/read-audit.ts'
import { Authenticator } from './auth/authenticate.ts'
import { BalanceReader } from './balances/read-balance.ts'
import { PastBalanceReader } from './balances/read-past-balance.ts'
import { ClientLister } from './clients/list-clients.ts'
import type { Settings } from './config.ts'
import { DeadLetterReader } from './dead-letters/read-dead-letters.ts'
import { DocumentReader } from './documents/read-document.ts'
import { KeyLister } from './keys/list-keys.ts'
import { LimitsReader } from './limits/read-limits.ts'
import { PaymentLister } from './payments/list-payments.ts'
import { PaymentReader } from './payments/read-payment.ts'
import { IdempotencyRecords } from './queued/idempotency-records.ts'
import { QueuedPayments } from './queued/queued-payments.ts'
import { CacheFill } from './reads/cache-fill.ts'
import type { ReaderParts } from './reads/object-reader.ts'
import { createReadCounts } from './reads/read-counts.ts'
import { ServedFloors } from './reads/served-floors.ts'
import { RefundLister } from './refunds/list-refunds.ts'
import { RefundReader } from './refunds/read-refund.ts'
import { createRouter } from './routing/create-router.ts'
import { StatementReader } from './statements/read-statement.ts'
import { TermsReader } from './terms/read-terms.ts'
import { TimelineReader } from './timelines/read-timeline.ts'

/** Versions that an instance remembers having served: about 10 MB. */
const MAX_FLOORS = 50_000

export interface ReadSide extends ReaderParts {
  readonly redis: Redis
  readonly ids: IdCodec
  readonly authenticator: Authenticator
  readonly accounts: AccountReader
  readonly accountLister: AccountLister
  readonly balances: Pick<BalanceReader, 'read'>
  readonly payments: Pick<PaymentReader, 'read'>
  readonly paymentLister: PaymentLister
  readonly pastBalances: PastBalanceReader
  readonly statements: StatementReader
  readonly documents: DocumentReader
  readonly refunds: RefundReader
  readonly refundLister: RefundLister
  readonly timelines: TimelineReader
  readonly clientLister: ClientLister
  readonly keyLister: KeyLister
  readonly limits: LimitsReader
  readonly terms: TermsReader
  readonly deadLetters: DeadLetterReader
  readonly audit: AuditReader
}

export function createReadSide(settings: Settings, logger: Logger): ReadSide {
  const redis = createRedisClient({ url: settings.REDIS_URL, name: settings.INSTANCE, logger })
  const cache = new VersionedCache(redis, {
    ttlMs: settings.CACHE_TTL_MS,
    ttlJitter: settings.CACHE_TTL_JITTER_PERCENT / 100,
    timeoutMs: settings.CACHE_TIMEOUT_MS,
    quarantineMs: settings.CACHE_QUARANTINE_MS,
  })
  const router = createRouter(settings, logger)
  const ids = new IdCodec(settings.CLUSTER_SECRET)
  const cursors = new CursorCodec(settings.CLUSTER_SECRET)
  const parts: ReaderParts = {
    cache,
    fill: new CacheFill(cache),
    floors: new ServedFloors(MAX_FLOORS),
    router,
    counts: createReadCounts(),
    waitMs: settings.REPLICA_WAIT_MS,
  }
  const balances = new BalanceReader(parts)
  const records = new IdempotencyRecords(redis, cache.guard)
  return {
    ...parts,
    redis,
    ids,
    authenticator: new Authenticator(router, systemClock),
    accounts: new AccountReader(parts),
    accountLister: new AccountLister(router, cursors, ids),
    balances,
    payments: new PaymentReader(parts, ids, new QueuedPayments(records, ids)),
    paymentLister: new PaymentLister(router, cursors, ids),
    pastBalances: new PastBalanceReader(router, systemClock),
    statements: new StatementReader(parts, balances, cursors, ids),
    documents: new DocumentReader(router, ids),
    refunds: new RefundReader(parts, ids, records),
    refundLister: new RefundLister(router, cursors, ids),
    timelines: new TimelineReader(router, cursors, ids),
    clientLister: new ClientLister(router, cursors),
    keyLister: new KeyLister(router, cursors, systemClock),
    limits: new LimitsReader(router, ids),
    terms: new TermsReader(router),
    deadLetters: new DeadLetterReader(router, cursors, ids),
    audit: new AuditReader(router, cursors, new HeadSigner(settings.CLUSTER_SECRET).publicKey),
  }
}

/** Closes what {@link createReadSide} opened. */
export async function closeReadSide({
  cache,
  redis,
  router,
}: {
  cache: VersionedCache
  redis: Redis
  router: ReadRouter
}): Promise<void> {
  cache.close()
  redis.disconnect()
  await router.close()
}
