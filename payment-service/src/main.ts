import 'reflect-metadata'
import { createHmac } from 'node:crypto'
import { COMMANDS_TOPIC } from '@paycluster/contracts'
import { createRedisClient } from '@paycluster/platform/cache/redis-client'
import { RedisGuard } from '@paycluster/platform/cache/redis-guard'
import { systemClock } from '@paycluster/platform/clock'
import { loadSettings } from '@paycluster/platform/config'
import { CallerGuard } from '@paycluster/platform/http/caller'
import { startHttpService } from '@paycluster/platform/http/http-service'
import { ReadinessChecks } from '@paycluster/platform/http/readiness'
import { measureRequests } from '@paycluster/platform/http/request-metrics'
import { IdempotencyStore } from '@paycluster/platform/idempotency/idempotency-store'
import { IdentityVerifier } from '@paycluster/platform/identity/signed-identity'
import { signingSecret } from '@paycluster/platform/identity/signing-secret'
import { deriveKey, IdCodec } from '@paycluster/platform/ids/id-codec'
import { createLogger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { oncePer } from '@paycluster/platform/mutations/mutation'
import { runMain } from '@paycluster/platform/run-main'
import { AppModule } from './app.module.ts'
import { HttpCardVault } from './cards/http-card-vault.ts'
import { NoCardVault } from './cards/no-card-vault.ts'
import { createCommandProducer } from './commands/command-producer.ts'
import { IntakeMetrics } from './commands/intake-metrics.ts'
import { settingsSchema } from './config.ts'
import { dropCommands } from './mutations/drop-commands.ts'
import { OutcomeWaiters } from './outcomes/outcome-waiters.ts'
import { ReplyChannel } from './outcomes/reply-channel.ts'
import { SignatureGuard } from '@paycluster/platform/http/signature.guard'

/** Of a batch; write-request.ts takes less of everything else. */
const BODY_LIMIT_BYTES = 1024 * 1024

runMain(async () => {
  const settings = loadSettings(settingsSchema)
  const { INSTANCE: name, CLUSTER_SECRET: clusterSecret, REDIS_URL: url } = settings
  const logger = createLogger(name, settings.LOG_LEVEL)
  const registry = createMetrics('payment-service', name)
  const readiness = new ReadinessChecks()

  const redis = createRedisClient({ url, name, logger })
  const subscriber = createRedisClient({ url, name: `${name}-replies`, logger })
  const guard = new RedisGuard(redis, { timeoutMs: settings.REDIS_TIMEOUT_MS, quarantineMs: 0 })
  const waiters = new OutcomeWaiters(settings.MAX_WAITERS)
  const metrics = new IntakeMetrics(registry, () => waiters.size)
  const keys = new IdempotencyStore(redis, guard, () => {
    metrics.withoutRedis()
  })
  const replies = new ReplyChannel(name, subscriber, waiters, logger)
  const producer = createCommandProducer(settings, COMMANDS_TOPIC, registry, logger)
  // Redis is not asked: without it keys are forgotten and nobody waits, but payments are accepted.
  readiness.add({ name: 'commands', reason: () => producer.reason() })
  producer.start()
  const { MUTATION, MUTATION_EVERY } = settings
  const commands = MUTATION === undefined ? producer : dropCommands(producer, oncePer(MUTATION_EVERY))

  const close = async (): Promise<void> => {
    await producer.stop()
    guard.close()
    redis.disconnect()
    subscriber.disconnect()
  }
  const { CARD_VAULT_URL: vaultUrl, CARD_VAULT_KEY: apiKey, CARD_VAULT_TIMEOUT_MS: timeoutMs } = settings
  const cardKey = deriveKey(clusterSecret, 'card fingerprints')
  const writeSide = {
    intake: { producer: commands, keys, replies, waiters, clock: systemClock, metrics },
    ids: new IdCodec(clusterSecret),
    vault: vaultUrl === undefined ? new NoCardVault() : new HttpCardVault({ url: vaultUrl, apiKey, timeoutMs }),
    cardFingerprint: (card: string) => createHmac('sha256', cardKey).update(card).digest('hex'),
    signingSecretOf: (keyId: string, version: number) => signingSecret(clusterSecret, keyId, version),
  }
  const guards = [
    new CallerGuard(new IdentityVerifier(clusterSecret, systemClock)),
    new SignatureGuard(clusterSecret, systemClock),
  ]
  await startHttpService({
    module: AppModule.with(writeSide, guards),
    listen: settings.LISTEN,
    adminListen: settings.ADMIN_LISTEN,
    logger,
    readiness,
    metrics: registry,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    configure: (app) => {
      measureRequests(app.getHttpAdapter().getInstance(), registry)
    },
    close,
  })
})
