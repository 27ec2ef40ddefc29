/** Everything of alerts, put together: what counts, what looks, what tells and publishes, and what operators manage them by. */
import { ALERTS_GROUP, EVENTS_TOPIC, TOPIC_PARTITIONS } from '@paycluster/contracts'
import { systemClock } from '@paycluster/platform/clock'
import { SettingsError } from '@paycluster/platform/config'
import { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { BatchServer } from '@paycluster/platform/kafka/batch-server'
import type { Logger } from '@paycluster/platform/logging'
import type { Settings } from '../config.ts'
import { DeadEvents } from '../dead-events.ts'
import { createEventsPool } from '../events-pool.ts'
import { MAX_BATCH_MS, type Listener, type ListenerOptions } from '../listener.ts'
import { AlertMetrics } from './alert-metrics.ts'
import { AlertSweeper } from './alert-sweeper.ts'
import { AlertBook } from './book/alert-book.ts'
import { AlertReader } from './book/alert-reader.ts'
import { ALERT_PARTS, AlertsController, type AlertParts } from './book/alerts.controller.ts'
import { EventCounter } from './counting/event-counter.ts'
import { ALERTS_TRANSPORT, COUNTING_PARTS, EventsController, type CountingParts } from './counting/events.controller.ts'
import { Standstill } from './looking/standstill.ts'
import { Watch } from './looking/watch.ts'
import type { Channel } from './notifying/channel.ts'
import { createLogChannel } from './notifying/log-channel.ts'
import { NotificationQueue } from './notifying/notification-queue.ts'
import { Notifier } from './notifying/notifier.ts'
import { createTelegramChannel } from './notifying/telegram-channel.ts'
import { createWebhookChannel } from './notifying/webhook-channel.ts'
import { EventPublisher } from './publishing/event-publisher.ts'
import { AlertRulesController, RULE_PARTS, type RuleParts } from './rules/alert-rules.controller.ts'
import { RuleBook } from './rules/rule-book.ts'
import { SILENCE_PARTS, SilencesController, type SilenceParts } from './silences/silences.controller.ts'
import { SilenceStore } from './silences/silence-store.ts'

const MAX_EVENTS = 1000
const MAX_EVENT_BYTES = 4_194_304
/** An alert may come a second later: a fetch and a batch cost the same for one event as for hundreds. */
const FETCH_BYTES = 262_144
const FETCH_WAIT_MS = 1_000
/** The API's, the counting's and the watch's. */
const MAX_CONNECTIONS = 4
/** Claims and what came of them. */
const MAX_SENDING_CONNECTIONS = 2

/** @throws SettingsError for rules that cannot be used, and for a channel that is configured in part */
export function createAlerts(options: ListenerOptions): Listener {
  const { settings, kafka, registry, rightOfWay, observer, producer, logger } = options
  const { INSTANCE: name, PRIMARY_URL: url, CLUSTER_SECRET: clusterSecret } = settings
  const channels = channelsOf(settings, logger)
  const names = new Set(channels.map((channel) => channel.name))
  const rules = new RuleBook({ file: settings.ALERTS_RULES, clock: systemClock, logger })
  const metrics = new AlertMetrics(registry, rules)
  const pool = createEventsPool({ url, name, logger, max: MAX_CONNECTIONS })
  const sendingPool = createEventsPool({ url, name, logger, max: MAX_SENDING_CONNECTIONS, isRepeatable: true })
  const ids = new IdCodec(clusterSecret)
  const cursors = new CursorCodec(clusterSecret)
  const book = new AlertBook({ pool, ids, channels: names, metrics })
  // What was published and is not deleted is published again, as the same event; so a lost commit costs nothing.
  const publisher = new EventPublisher(sendingPool, producer, logger)
  const queue = new NotificationQueue(sendingPool)
  const timeoutMs = settings.ALERTS_CHANNEL_TIMEOUT_MS
  const scheduleS = settings.ALERTS_SCHEDULE_S
  const notifiers = channels.map((channel) => new Notifier({ channel, queue, metrics, logger, timeoutMs, scheduleS }))
  const nudge = (): void => {
    publisher.nudge()
    for (const notifier of notifiers) notifier.nudge()
  }
  const watch = new Watch({
    book,
    rules: () => rules.current,
    observer,
    pool: sendingPool,
    standstill: new Standstill({ instance: name, channels, clock: systemClock, logger }),
    nudge,
    metrics,
    logger,
    intervalMs: settings.ALERTS_LOOK_EVERY_MS,
  })
  const sweeper = new AlertSweeper(sendingPool, settings.ALERTS_KEEP_DAYS, logger)
  const counting: CountingParts = {
    counter: new EventCounter(book, () => rules.current, settings.ALERTS_MAX_AGE_S * 1000),
    deadEvents: new DeadEvents(pool, ALERTS_GROUP),
    nudge,
    metrics,
    rightOfWay,
    logger,
  }
  const alerts: AlertParts = { book, reader: new AlertReader(pool), ids, cursors, nudge }
  const ruleParts: RuleParts = { book: rules, channels: names, clock: systemClock }
  const store = new SilenceStore({ pool, book, ids })
  const silences: SilenceParts = { store, ids, cursors, clock: systemClock, nudge }
  const workers = [watch, sweeper, rules, ...notifiers]
  return {
    server: new BatchServer({
      kafka,
      groupId: ALERTS_GROUP,
      topic: EVENTS_TOPIC,
      partitions: TOPIC_PARTITIONS,
      transportId: ALERTS_TRANSPORT,
      maxMessages: MAX_EVENTS,
      maxBytes: MAX_EVENT_BYTES,
      // All processes take turns at the counts: a second batch would only wait for the first.
      concurrency: 1,
      maxBatchMs: MAX_BATCH_MS,
      // The fetch has waited already.
      lingerMs: 0,
      minFetchBytes: FETCH_BYTES,
      maxFetchWaitMs: FETCH_WAIT_MS,
      logger,
    }),
    controllers: [EventsController, AlertsController, AlertRulesController, SilencesController],
    providers: [
      { provide: COUNTING_PARTS, useValue: counting },
      { provide: ALERT_PARTS, useValue: alerts },
      { provide: RULE_PARTS, useValue: ruleParts },
      { provide: SILENCE_PARTS, useValue: silences },
    ],
    start: () => {
      publisher.start()
      for (const worker of workers) worker.start()
    },
    close: async () => {
      await Promise.all([publisher, ...workers].map((worker) => worker.stop()))
      await Promise.all([pool.end(), sendingPool.end()])
    },
  }
}

/** @throws SettingsError */
function channelsOf(settings: Settings, logger: Logger): Channel[] {
  const {
    ALERTS_WEBHOOK_URL: url,
    ALERTS_WEBHOOK_SECRET: secret,
    ALERTS_TELEGRAM_TOKEN: token,
    ALERTS_TELEGRAM_CHAT_ID: chatId,
    ALERTS_CHANNEL_TIMEOUT_MS: timeoutMs,
  } = settings
  if ((url === undefined) !== (secret === undefined))
    throw new SettingsError('ALERTS_WEBHOOK_URL and ALERTS_WEBHOOK_SECRET go together')
  if ((token === undefined) !== (chatId === undefined))
    throw new SettingsError('ALERTS_TELEGRAM_TOKEN and ALERTS_TELEGRAM_CHAT_ID go together')
  const channels = [createLogChannel(logger)]
  if (url !== undefined && secret !== undefined)
    channels.push(createWebhookChannel({ url, secret, timeoutMs }, systemClock))
  if (token !== undefined && chatId !== undefined)
    channels.push(createTelegramChannel({ url: settings.ALERTS_TELEGRAM_URL, token, chatId, timeoutMs }))
  return channels
}
