/**
 * The one way to connect to Redis.
 *
 * Nothing in Redis is authoritative, so a client never waits for it: while the connection is away a command fails at
 * once (no offline queue, nothing resent), and the connection is retried for ever in the background.
 */
import { Redis } from 'ioredis'
import type { Logger } from '../logging.ts'

const CONNECT_TIMEOUT_MS = 1000
const RECONNECT_MIN_MS = 50
const RECONNECT_MAX_MS = 500

/**
 * Commands that carry a whole batch already: sent at once. Through ioredis' auto-pipelining they would wait one more turn
 * of the event loop for company.
 */
const BATCHED_ALREADY = ['mget', 'evalsha', 'eval']

export interface RedisClientOptions {
  /** `redis://[user:password@]host:port[/db]` or `unix:///path/to/redis.sock`. */
  readonly url: string
  /** Shown in `CLIENT LIST`. */
  readonly name: string
  readonly logger: Logger
  /** A command that got no answer by then fails. Without it, the caller bounds its commands itself. */
  readonly commandTimeoutMs?: number
}

/** Connects in the background; {@link Redis.status} is `ready` when commands pass. */
export function createRedisClient(options: RedisClientOptions): Redis {
  const redis = new Redis({
    ...toAddress(options.url),
    connectionName: options.name,
    enableAutoPipelining: true,
    autoPipeliningIgnoredCommands: BATCHED_ALREADY,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Who subscribes does so at each `ready`: nobody would catch the error of a subscription that ioredis repeats.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: options.commandTimeoutMs,
    retryStrategy: reconnectDelayMs,
  })
  logChanges(redis, options.logger)
  return redis
}

/** Doubles from 50 ms to 500 ms, less up to a half of it at random, so that a restart is not met by everybody at once. */
function reconnectDelayMs(attempt: number): number {
  const delayMs = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(attempt - 1, 10))
  return delayMs * (1 - Math.random() / 2)
}

function toAddress(url: string): { path: string } | { host: string; port: number; [option: string]: unknown } {
  if (url.startsWith('unix://')) return { path: url.slice('unix://'.length) }
  const { hostname, port, username, password, pathname, protocol } = new URL(url)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

/** One line when Redis goes and one when it comes back; the attempts between them say nothing new. */
function logChanges(redis: Redis, logger: Logger): void {
  let away = false
  redis.on('error', (error: Error) => {
    if (!away) logger.warn({ err: error }, 'redis is away')
    away = true
  })
  redis.on('ready', () => {
    if (away) logger.info('redis is back')
    away = false
  })
}
