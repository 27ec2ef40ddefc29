/** What is to be sent, as the table has it: taken by lease, written down in one go. */
import type { Pool, PoolClient } from 'pg'
import { ENDPOINT_DISABLED_EVENT, type DeliveryState, type WebhookMessage } from '@paycluster/contracts'
import type { IdCodec } from '@paycluster/platform/ids/id-codec'
import { isoTime } from '@paycluster/platform/iso-time'
import { loadText } from '@paycluster/platform/load-text'
import { inTransaction } from '@paycluster/platform/postgres/in-transaction'
import { cancelDeliveries } from '../deliveries/cancel-deliveries.ts'
import { toEndpoint, type EndpointRow } from '../endpoints/endpoint-row.ts'
import type { OldSecret } from '../endpoints/webhook-secrets.ts'
import type { DeliveryIds } from '../telling/delivery-id.ts'
import { insertDeliveries, readListeners, wants, type NewDelivery } from '../telling/fan-out.ts'
import type { SendResult } from './webhook-sender.ts'

const CLAIM = { name: 'claim-deliveries', text: loadText(import.meta.url, './claim-deliveries.sql') }
const FINISH = { name: 'finish-deliveries', text: loadText(import.meta.url, './finish-deliveries.sql') }
const DISABLE = { name: 'disable-endpoints', text: loadText(import.meta.url, './disable-endpoints.sql') }

/** What may be in hand at once of one, and what is. */
export interface InHand<Key> {
  readonly most: number
  readonly counts: ReadonlyMap<Key, number>
}

const valuesOfInHand = <Key>({ most, counts }: InHand<Key>): [number, Key[], number[]] => [
  most,
  [...counts.keys()],
  [...counts.values()],
]

/** A delivery that this process sends. */
export interface ClaimedDelivery {
  /** Both 32 hexadecimal digits. */
  readonly id: string
  readonly endpoint_id: string
  readonly client_id: number
  readonly url: string
  readonly body: string
  /** Of all times it was sent, this one included; and since it was sent again. */
  readonly attempts: number
  readonly attempts_of_run: number
  /** Counts how often it was sent again by hand. */
  readonly run: number
  readonly secret_version: number
  readonly old_secrets: readonly OldSecret[]
}

export interface FinishedDelivery {
  readonly claimed: ClaimedDelivery
  readonly state: Exclude<DeliveryState, 'canceled'>
  /** When it is sent again; of a pending one. */
  readonly dueMs: number
  readonly result: SendResult
  /** The endpoint says that it wants no more. */
  readonly isGone: boolean
}

export class DeliveryQueue {
  readonly #pool: Pool
  readonly #ids: IdCodec
  readonly #deliveryIds: DeliveryIds
  readonly #disableAfterMs: number

  /**
   * @param pool  to the primary, as `payments_events`
   * @param disableAfterMs  for how long nothing could be delivered to an endpoint that is disabled then
   */
  constructor(pool: Pool, ids: IdCodec, deliveryIds: DeliveryIds, disableAfterMs: number) {
    this.#pool = pool
    this.#ids = ids
    this.#deliveryIds = deliveryIds
    this.#disableAfterMs = disableAfterMs
  }

  /**
   * @param of  how many of one endpoint and of one client may be in hand here, and how many are
   * @throws DatabaseError
   */
  async claim(
    most: number,
    leaseMs: number,
    of: { readonly endpoint: InHand<string>; readonly client: InHand<number> },
  ): Promise<ClaimedDelivery[]> {
    const values = [most, leaseMs, ...valuesOfInHand(of.endpoint), ...valuesOfInHand(of.client)]
    return (await this.#pool.query<ClaimedDelivery>({ ...CLAIM, values })).rows
  }

  /** @returns the endpoints that are disabled by it @throws DatabaseError */
  async finish(finished: readonly FinishedDelivery[]): Promise<EndpointRow[]> {
    const well = endpointsOf(finished.filter(({ state }) => state === 'delivered'))
    const failing = endpointsOf(finished.filter(({ state }) => state !== 'delivered')).filter(
      ({ id, url }) => !well.some((one) => one.id === id && one.url === url),
    )
    const gone = endpointsOf(finished.filter(({ isGone }) => isGone))
    return inTransaction(this.#pool, async (client) => {
      const runs = finished.map(({ claimed }) => claimed.run)
      await client.query({ ...FINISH, values: [...valuesOf(finished), ...pairs(well), ...pairs(failing), runs] })
      if (failing.length + gone.length === 0) return []
      const values = [...pairs(gone), ...pairs(failing), this.#disableAfterMs]
      const { rows: disabled } = await client.query<EndpointRow>({ ...DISABLE, values })
      if (disabled.length > 0) await this.#afterDisabling(client, disabled)
      return disabled
    })
  }

  /** What waited for them is canceled, and their clients are told at their other endpoints. */
  async #afterDisabling(client: PoolClient, disabled: readonly EndpointRow[]): Promise<void> {
    await cancelDeliveries(
      client,
      disabled.map(({ id }) => id),
    )
    const clients = [...new Set(disabled.map(({ client_id }) => client_id))]
    const listeners = await readListeners(client, clients)
    const notices = disabled.flatMap((row): NewDelivery[] => {
      const endpoint = toEndpoint(this.#ids, row)
      const message: WebhookMessage = {
        id: `${endpoint.id}.${endpoint.version}`,
        type: ENDPOINT_DISABLED_EVENT,
        timestamp: endpoint.disabled?.at ?? isoTime(Date.now()),
        consistency_token: null,
        data: { webhook_endpoint: endpoint },
      }
      const body = JSON.stringify(message)
      return (listeners.get(row.client_id) ?? [])
        .filter((listener) => wants(listener, ENDPOINT_DISABLED_EVENT))
        .map(({ id }) => ({ endpoint: id, eventId: message.id, type: ENDPOINT_DISABLED_EVENT, body }))
    })
    await insertDeliveries(client, this.#deliveryIds, notices)
  }
}

interface SentTo {
  readonly id: string
  readonly url: string
}

/** Each endpoint once for each URL that something was sent to. */
function endpointsOf(finished: readonly FinishedDelivery[]): SentTo[] {
  const sent = finished.map(({ claimed }) => ({ id: claimed.endpoint_id, url: claimed.url }))
  return [...new Map(sent.map((one) => [`${one.id} ${one.url}`, one] as const)).values()]
}

const pairs = (endpoints: readonly SentTo[]): [string[], string[]] => [
  endpoints.map(({ id }) => id),
  endpoints.map(({ url }) => url),
]

function valuesOf(finished: readonly FinishedDelivery[]): unknown[] {
  const of = <T>(pick: (one: FinishedDelivery) => T): T[] => finished.map(pick)
  return [
    of(({ claimed }) => claimed.id),
    of(({ claimed }) => claimed.attempts),
    of(({ state }) => state),
    of(({ dueMs }) => dueMs),
    of(({ result }) => isoTime(result.startedAtMs)),
    of(({ result }) => result.durationMs),
    of(({ claimed }) => claimed.url),
    of(({ result }) => result.address),
    of(({ result }) => JSON.stringify(result.requestHeaders)),
    of(({ result }) => result.answer?.status ?? null),
    of(({ result }) => (result.answer === null ? null : JSON.stringify(result.answer.headers))),
    of(({ result }) => result.answer?.body ?? null),
    of(({ result }) => result.error),
  ]
}
