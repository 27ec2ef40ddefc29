import type { Logger } from '@paycluster/platform/logging'

const STOP_TIMEOUT_MS = 10_000

/** Stops in order at the first SIGTERM or SIGINT, and in any case within its time. */
export function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  const onSignal = (signal: NodeJS.Signals): void => {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal)
    logger.info({ signal }, 'stopping')
    setTimeout(() => {
      logger.error({ timeout_ms: STOP_TIMEOUT_MS }, 'could not stop in time')
      process.exit(1)
    }, STOP_TIMEOUT_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stop failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
}
