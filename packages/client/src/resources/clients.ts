import type { Client, CreateClient, PageQuery, QueuedClient } from '@paycluster/contracts'
import type { Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `limit` is the size of a page, not of the list. */
export type ClientFilter = Partial<Omit<PageQuery, 'cursor'>>

/** `/v1/ops/clients`, for keys with the scope `ops`. Every method throws PaymentClientError. */
export class Clients {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Makes a client. It is `queued`, and has no number yet, when that takes longer than the wait, 5 s by default. */
  create(client: CreateClient, options: WriteOptions = {}): Promise<Client | QueuedClient> {
    return this.#session.write('/v1/ops/clients', client, writeHeaders(options), options)
  }

  /** All clients, newest first. */
  list(filter: ClientFilter = {}, options: CallOptions = {}): AsyncGenerator<Client, void> {
    return this.#session.list('/v1/ops/clients', undefined, filter satisfies Query, options)
  }
}
