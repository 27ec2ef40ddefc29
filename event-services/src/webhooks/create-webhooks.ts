/** Everything of webhooks, put together: what tells, what sends, what sweeps, and what clients manage them by. */
import { setTimeout as delay } from 'node:timers/promises'
import { EVENTS_TOPIC, TOPIC_PARTITIONS, WEBHOOKS_GROUP } from '@paycluster/contracts'
import { systemClock } from '@paycluster/platform/clock'
import { CursorCodec } from '@paycluster/platform/cursor/cursor-codec'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { BatchServer } from '@paycluster/platform/kafka/batch-server'
import { DeadEvents } from '../dead-events.ts'
import { createEventsPool } from '../events-pool.ts'
import { MAX_BATCH_MS, type Listener, type ListenerOptions } from '../listener.ts'
import { DELIVERY_PARTS, DeliveriesController, type DeliveryParts } from './deliveries/deliveries.controller.ts'
import { DeliveryStore } from './deliveries/delivery-store.ts'
import { DeliverySweeper } from './deliveries/delivery-sweeper.ts'
import { ENDPOINT_PARTS, EndpointsController, type EndpointParts } from './endpoints/endpoints.controller.ts'
import { EndpointStore } from './endpoints/endpoint-store.ts'
import { WebhookSecrets } from './endpoints/webhook-secrets.ts'
import { AddressGuard } from './sending/address-guard.ts'
import { Deliverer } from './sending/deliverer.ts'
import { DeliveryQueue } from './sending/delivery-queue.ts'
import { WebhookSender } from './sending/webhook-sender.ts'
import { AccountOwners } from './telling/account-owners.ts'
import { DeliveryIds } from './telling/delivery-id.ts'
import { FanOut } from './telling/fan-out.ts'
import { FAN_OUT_PARTS, FanOutController, WEBHOOKS_TRANSPORT, type FanOutParts } from './telling/fan-out.controller.ts'
import { WebhookMetrics } from './webhook-metrics.ts'

const MAX_EVENTS = 1000
const MAX_EVENT_BYTES = 4_194_304
/** A wait that no receiver notices: a fetch and a batch cost the same for one event as for fifty. */
const FETCH_BYTES = 262_144
const FETCH_WAIT_MS = 100
/** The API's, and the fan-out's. */
const MAX_CONNECTIONS = 4
/** One claims while the other writes down. */
const MAX_SENDING_CONNECTIONS = 2
const LOOK_EVERY_MS = 500
/** At a stop, for the answers to requests that are under way. */
const STOP_WAIT_MS = 5_000

export function createWebhooks({ settings, kafka, registry, rightOfWay, logger }: ListenerOptions): Listener {
  const { INSTANCE: name, PRIMARY_URL: url, CLUSTER_SECRET: clusterSecret } = settings
  const pool = createEventsPool({ url, name, logger, max: MAX_CONNECTIONS })
  const sendingPool = createEventsPool({ url, name, logger, max: MAX_SENDING_CONNECTIONS, isRepeatable: true })
  const ids = new IdCodec(clusterSecret)
  const deliveryIds = new DeliveryIds(clusterSecret)
  const secrets = new WebhookSecrets(clusterSecret)
  const guard = new AddressGuard(settings.WEBHOOK_TRUSTED_NETWORKS)
  const store = new EndpointStore(pool)
  const deliveries = new DeliveryStore(pool)
  const metrics: WebhookMetrics = new WebhookMetrics(registry, () => deliverer.inHand)
  const sender = new WebhookSender(guard, secrets, systemClock, settings.WEBHOOK_TIMEOUT_MS)
  const deliverer = new Deliverer({
    queue: new DeliveryQueue(sendingPool, ids, deliveryIds, settings.WEBHOOK_DISABLE_AFTER_S * 1000),
    sender,
    ids,
    metrics,
    logger,
    settings: {
      intervalMs: LOOK_EVERY_MS,
      timeoutMs: settings.WEBHOOK_TIMEOUT_MS,
      maxInFlight: settings.WEBHOOK_MAX_IN_FLIGHT,
      maxInFlightOfEndpoint: settings.WEBHOOK_MAX_IN_FLIGHT_PER_ENDPOINT,
      maxInFlightOfClient: settings.WEBHOOK_MAX_IN_FLIGHT_PER_CLIENT,
      scheduleS: settings.WEBHOOK_SCHEDULE_S,
    },
  })
  const sweeper = new DeliverySweeper(pool, settings.WEBHOOK_KEEP_DAYS, logger)
  const nudge = (): void => {
    deliverer.nudge()
  }

  const fanOut = new FanOut(pool, new AccountOwners(), deliveryIds)
  const deadEvents = new DeadEvents(pool, WEBHOOKS_GROUP)
  const fanOutParts: FanOutParts = { fanOut, deadEvents, nudge, metrics, rightOfWay, logger }
  const cursors = new CursorCodec(clusterSecret)
  const endpointParts: EndpointParts = { store, deliveries, guard, secrets, ids, cursors, clock: systemClock }
  const deliveryParts: DeliveryParts = { store: deliveries, ids, nudge }
  return {
    server: new BatchServer({
      kafka,
      groupId: WEBHOOKS_GROUP,
      topic: EVENTS_TOPIC,
      partitions: TOPIC_PARTITIONS,
      transportId: WEBHOOKS_TRANSPORT,
      maxMessages: MAX_EVENTS,
      maxBytes: MAX_EVENT_BYTES,
      // One connection is enough for it; the next batch is being fetched meanwhile.
      concurrency: 1,
      maxBatchMs: MAX_BATCH_MS,
      // The fetch has waited already.
      lingerMs: 0,
      minFetchBytes: FETCH_BYTES,
      maxFetchWaitMs: FETCH_WAIT_MS,
      logger,
    }),
    controllers: [FanOutController, EndpointsController, DeliveriesController],
    providers: [
      { provide: FAN_OUT_PARTS, useValue: fanOutParts },
      { provide: ENDPOINT_PARTS, useValue: endpointParts },
      { provide: DELIVERY_PARTS, useValue: deliveryParts },
    ],
    start: () => {
      deliverer.start()
      sweeper.start()
    },
    close: async () => {
      const isIdle = Promise.all([deliverer.stop(), sweeper.stop()])
      await Promise.race([isIdle, delay(STOP_WAIT_MS, undefined, { ref: false })])
      // What has no answer by then is sent again by whoever comes next.
      await sender.close()
      await isIdle
      await Promise.all([pool.end(), sendingPool.end()])
    },
  }
}
