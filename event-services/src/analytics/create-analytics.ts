/** Everything of analytics, put together: what counts, what sweeps, and what operators see. */
import { ANALYTICS_GROUP, EVENTS_TOPIC, TOPIC_PARTITIONS } from '@paycluster/contracts'
import { systemClock } from '@paycluster/platform/clock'
import { BatchServer } from '@paycluster/platform/kafka/batch-server'
import { DeadEvents } from '../dead-events.ts'
import { createEventsPool } from '../events-pool.ts'
import { MAX_BATCH_MS, type Listener, type ListenerOptions } from '../listener.ts'
import { AnalyticsMetrics } from './analytics-metrics.ts'
import { DAY_MS } from './buckets.ts'
import { AccountDirectory } from './counting/account-directory.ts'
import { OccurrenceCounter } from './counting/counter.ts'
import {
  ANALYTICS_TRANSPORT,
  COUNTING_PARTS,
  CountingController,
  type CountingParts,
} from './counting/counting.controller.ts'
import { CountedUntil } from './figures/counted-until.ts'
import { FIGURES_PARTS, FiguresController, type FiguresParts } from './figures/figures.controller.ts'
import { PostgresStore } from './postgres/postgres-store.ts'
import { RollupSweeper } from './rollup-sweeper.ts'

/** More of them make the same few rows: what a batch adds to is a few hundred. */
const MAX_EVENTS = 2000
const MAX_EVENT_BYTES = 4_194_304
/** Figures are looked at by the minute: a few large fetches cost less than many small ones. As much as a partition gives. */
const FETCH_BYTES = 262_144
/** Figures may be so late: the rollups of many events cost little more than those of a few. */
const FETCH_WAIT_MS = 3_000
/** One counts; one more while it is being replaced, or sweeps. */
const MAX_CONNECTIONS = 3
const MAX_READING_CONNECTIONS = 2
const READ_TIMEOUT_MS = 5_000

export function createAnalytics({ settings, kafka, registry, rightOfWay, logger }: ListenerOptions): Listener {
  const { INSTANCE: name, PRIMARY_URL: url } = settings
  const horizonDays = settings.ANALYTICS_HORIZON_DAYS
  const pool = createEventsPool({ url, name, logger, max: MAX_CONNECTIONS })
  const reading = createEventsPool({
    url,
    name,
    logger,
    max: MAX_READING_CONNECTIONS,
    statementTimeoutMs: READ_TIMEOUT_MS,
  })
  const store = new PostgresStore({ writing: pool, reading })
  const sweeper = new RollupSweeper(
    store,
    {
      minuteDays: settings.ANALYTICS_KEEP_MINUTES_DAYS,
      hourDays: settings.ANALYTICS_KEEP_HOURS_DAYS,
      horizonDays,
    },
    systemClock,
    logger,
  )
  const countedUntil = new CountedUntil({ admin: kafka.admin(), store, clock: systemClock, logger })
  const countingParts: CountingParts = {
    counter: new OccurrenceCounter(store, new AccountDirectory(pool), systemClock, horizonDays * DAY_MS),
    deadEvents: new DeadEvents(pool, ANALYTICS_GROUP),
    metrics: new AnalyticsMetrics(registry),
    rightOfWay,
    logger,
  }
  const figuresParts: FiguresParts = { store, countedUntil, clock: systemClock }
  return {
    server: new BatchServer({
      kafka,
      groupId: ANALYTICS_GROUP,
      topic: EVENTS_TOPIC,
      partitions: TOPIC_PARTITIONS,
      transportId: ANALYTICS_TRANSPORT,
      maxMessages: MAX_EVENTS,
      maxBytes: MAX_EVENT_BYTES,
      // Two at once would wait for each other's rows.
      concurrency: 1,
      maxBatchMs: MAX_BATCH_MS,
      // The fetch has waited already.
      lingerMs: 0,
      minFetchBytes: FETCH_BYTES,
      maxFetchWaitMs: FETCH_WAIT_MS,
      logger,
    }),
    controllers: [CountingController, FiguresController],
    providers: [
      { provide: COUNTING_PARTS, useValue: countingParts },
      { provide: FIGURES_PARTS, useValue: figuresParts },
    ],
    start: () => {
      sweeper.start()
    },
    close: async () => {
      await Promise.all([sweeper.stop(), countedUntil.close()])
      await store.close()
    },
  }
}
