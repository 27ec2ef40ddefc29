/**
 * Drops a connection on which Redis has fallen silent, so that the client makes a new one.
 *
 * TCP says nothing of a network that was cut or a machine that is gone. A connection that only listens would then stay
 * `ready` for ever, and one that sends until the kernel gives up, after a quarter of an hour.
 */
import type { Redis } from 'ioredis'

const HEARTBEAT_MS = 250
/** A turn of a busy event loop takes 50 ms, a Redis that was starved of CPU some more. */
const SILENT_AFTER_MS = 500

/** Redis did not answer a heartbeat or the handshake; logged, and the reason of commands that were in flight. */
export class RedisSilentError extends Error {
  readonly code = 'redis_silent'
}

/** Watches a connection until it has ended for good. A silent one is dropped after at most three quarters of a second. */
export function dropWhenSilent(redis: Redis): void {
  let askedAtMs: number | undefined
  const asked = (): void => {
    askedAtMs = performance.now()
  }
  const answered = (): void => {
    askedAtMs = undefined
  }
  const dropIfSilent = (): void => {
    if (askedAtMs === undefined || performance.now() - askedAtMs < SILENT_AFTER_MS) return
    redis.stream.destroy(new RedisSilentError(`no answer within ${SILENT_AFTER_MS} ms`))
  }
  // From here to `ready` the client asks by itself, without a bound of its own.
  redis.on('connect', asked)
  redis.on('ready', answered)
  redis.on('close', answered)
  const heartbeat = setInterval(() => {
    // After a turn in which this process was busy, the answer may be there and not read yet: it is read first.
    if (askedAtMs !== undefined) setImmediate(dropIfSilent)
    else if (redis.status === 'ready') {
      asked()
      redis.ping().then(answered, answered)
    }
  }, HEARTBEAT_MS).unref()
  redis.once('end', () => {
    clearInterval(heartbeat)
  })
}
