import type { Logger } from './logging.ts'

const STOP_TIMEOUT_MS = 15_000

/** Stops in order at the first SIGTERM or SIGINT, and ends the process; what has not stopped within 15 s is cut. */
export function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  let stopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return
    stopping = true
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
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
}
