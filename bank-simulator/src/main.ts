import type { Registry } from 'prom-client'
import { systemClock } from '@paycluster/platform/clock'
import { loadSettings } from '@paycluster/platform/config'
import { createLogger, type Logger } from '@paycluster/platform/logging'
import { createMetrics } from '@paycluster/platform/metrics'
import { runMain } from '@paycluster/platform/run-main'
import { stopOnSignal } from '@paycluster/platform/stop-on-signal'
import { Behaviours } from './behaviour/behaviours.ts'
import { callbackOf } from './callbacks/callback.ts'
import { callbackSender } from './callbacks/callback-sender.ts'
import { Callbacks } from './callbacks/callbacks.ts'
import { loadCardKey } from './cards/card-key.ts'
import { CardVault } from './cards/card-vault.ts'
import { settingsSchema, type Settings } from './config.ts'
import { addControlRoutes } from './control/control-routes.ts'
import { Traffic } from './control/traffic.ts'
import { createBankServer } from './http/bank-server.ts'
import { Listener } from './http/listener.ts'
import { createServer } from './http/server.ts'
import { Journal } from './journal/journal.ts'
import { OperationBook } from './operations/operation-book.ts'
import { OperationDesk } from './operations/operation-desk.ts'

const NAME = 'bank-simulator'
/** A mode, or a script of 1000 steps in their long form. */
const CONTROL_BODY_LIMIT_BYTES = 256 * 1024
/** For requests that are under way when it is told to stop; held ones never end by themselves. */
const DRAIN_MS = 2000

runMain(async () => {
  const settings = loadSettings(settingsSchema)
  const logger = createLogger(NAME, settings.LOG_LEVEL)
  const metrics = createMetrics(NAME, NAME)
  const behaviours = new Behaviours(settings.BANK_SEED)
  const traffic = new Traffic(systemClock, metrics)

  const callbacks = callbacksTo(settings, metrics, logger)
  const cardKey = await loadCardKey(settings.BANK_CARD_KEY)
  const vault = new CardVault(systemClock)

  const book = new OperationBook()
  const journal = await Journal.open(settings.BANK_JOURNAL, (record) => {
    book.apply(record)
  })
  const desk = new OperationDesk({
    book,
    journal,
    clock: systemClock,
    maxOperations: settings.BANK_MAX_OPERATIONS,
    onEnd: (end) => {
      const { callbacks: which, callback_copies: copies } = behaviours.mode
      if (callbacks === undefined || (which === 'pending' && !end.wasPending)) return
      const callback = callbackOf(end)
      for (let copy = 0; copy < copies; copy += 1) callbacks.post(callback)
    },
    onFailure: (error) => {
      logger.fatal({ err: error }, 'stopping: what is asked for cannot be kept')
      process.exit(1)
    },
  })

  const bank = createBankServer({
    apiKey: settings.BANK_API_KEY,
    clock: systemClock,
    book,
    desk,
    cardKey,
    vault,
    behaviours,
    traffic,
    logger,
  })
  const control = createServer(logger, CONTROL_BODY_LIMIT_BYTES)
  const listener = new Listener(bank.server, { host: settings.BANK_HOST, port: settings.BANK_PORT })
  addControlRoutes(control, { behaviours, traffic, listener, metrics })
  await bank.ready()
  await control.listen({ host: settings.BANK_CONTROL_HOST, port: settings.BANK_CONTROL_PORT })
  await listener.open()
  logger.info(
    { port: settings.BANK_PORT, control_port: settings.BANK_CONTROL_PORT, operations: book.size },
    'listening',
  )

  stopOnSignal(logger, async () => {
    await listener.drain(DRAIN_MS)
    desk.stop()
    callbacks?.stop()
    await bank.close()
    await control.close()
    await journal.close()
  })
})

/** Undefined: nobody is told. */
function callbacksTo(settings: Settings, registry: Registry, logger: Logger): Callbacks | undefined {
  const { BANK_CALLBACK_URL: url, BANK_CALLBACK_SECRET: secret, BANK_CALLBACK_ATTEMPTS: attempts } = settings
  if (url === undefined || secret === undefined) return undefined
  return new Callbacks({ send: callbackSender(url, secret, systemClock), attempts, registry, logger })
}
