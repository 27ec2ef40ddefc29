/**
 * Makes deliveries of events: one for each endpoint of each client that an event is the business of.
 *
 *     whose accounts → which endpoints of theirs → insert what is new, commit
 *
 * A delivery's id follows from endpoint and event: a batch that is handled again adds nothing.
 */
import type { ClientBase, Pool } from 'pg'
import { loadText } from '@paycluster/platform/load-text'
import type { AccountOwners } from './account-owners.ts'
import type { ClientEvent } from './client-event.ts'
import type { DeliveryIds } from './delivery-id.ts'

const READ_LISTENERS = { name: 'read-listeners', text: loadText(import.meta.url, './read-listeners.sql') }
const IS_LISTENED_TO = {
  name: 'is-listened-to',
  text: 'SELECT EXISTS (SELECT FROM webhook_endpoints WHERE deleted_at IS NULL AND disabled_at IS NULL)',
}
const INSERT_DELIVERIES = { name: 'insert-deliveries', text: loadText(import.meta.url, './insert-deliveries.sql') }

interface Listener {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly client_id: number
  /** Null: all types. */
  readonly events: readonly string[] | null
}

export interface NewDelivery {
  readonly endpoint: string
  readonly eventId: string
  readonly type: string
  readonly body: string
}

export class FanOut {
  readonly #pool: Pool
  readonly #owners: AccountOwners
  readonly #ids: DeliveryIds

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool, owners: AccountOwners, ids: DeliveryIds) {
    this.#pool = pool
    this.#owners = owners
    this.#ids = ids
  }

  /** Whether anybody at all wants to be told of anything. @throws DatabaseError */
  async isListenedTo(): Promise<boolean> {
    const { rows } = await this.#pool.query<{ exists: boolean }>(IS_LISTENED_TO)
    return rows[0]?.exists === true
  }

  /**
   * Resolves when the deliveries are committed and on a standby.
   *
   * @returns how many there are that were not there before
   * @throws DatabaseError, or what a lost connection throws: it may have been done, and may be done again
   */
  async tell(events: readonly ClientEvent[]): Promise<number> {
    return insertDeliveries(this.#pool, this.#ids, await this.#deliveriesOf(events))
  }

  async #deliveriesOf(events: readonly ClientEvent[]): Promise<NewDelivery[]> {
    const owners = await this.#owners.of(this.#pool, new Set(events.flatMap(({ accounts }) => accounts)))
    const clients = [...new Set(owners.values())]
    const listeners = await readListeners(this.#pool, clients)
    if (listeners.size === 0) return []
    return events.flatMap((event) => {
      const told = new Set(event.accounts.map((account) => owners.get(account)).filter((owner) => owner !== undefined))
      return [...told].flatMap((owner) => {
        const interested = (listeners.get(owner) ?? []).filter((listener) => wants(listener, event.type))
        if (interested.length === 0) return []
        const body = event.bodyFor((account) => owners.get(account) === owner)
        return interested.map(({ id }) => ({ endpoint: id, eventId: event.id, type: event.type, body }))
      })
    })
  }
}

/** @returns by client, its endpoints to which something is sent; a client without any is left out @throws DatabaseError */
export async function readListeners(
  client: Pool | ClientBase,
  clients: readonly number[],
): Promise<Map<number, Listener[]>> {
  const { rows } = await client.query<Listener>({ ...READ_LISTENERS, values: [clients] })
  return Map.groupBy(rows, ({ client_id }) => client_id)
}

export const wants = ({ events }: Pick<Listener, 'events'>, type: string): boolean =>
  events === null || events.includes(type)

/** One statement: it is its own transaction, or part of the caller's. */
export async function insertDeliveries(
  client: Pool | ClientBase,
  ids: DeliveryIds,
  deliveries: readonly NewDelivery[],
): Promise<number> {
  if (deliveries.length === 0) return 0
  const { rowCount } = await client.query({
    ...INSERT_DELIVERIES,
    values: [
      deliveries.map(({ endpoint, eventId }) => ids.of(endpoint, eventId)),
      deliveries.map(({ endpoint }) => endpoint),
      deliveries.map(({ eventId }) => eventId),
      deliveries.map(({ type }) => type),
      deliveries.map(({ body }) => body),
    ],
  })
  return rowCount ?? 0
}
