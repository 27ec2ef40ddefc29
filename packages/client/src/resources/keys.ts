import type {
  CreateKeyBody,
  IssuedKey,
  Key,
  ListKeysQuery,
  QueuedKey,
  QueuedRevocation,
  RevokeKey,
} from '@paycluster/contracts'
import type { Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `limit` is the size of a page, not of the list. */
export type KeyFilter = Partial<Omit<ListKeysQuery, 'cursor'>>

/**
 * `/v1/ops/keys`, for keys with the scope `ops`. Every method throws PaymentClientError.
 *
 * Secrets are in one answer: when it is lost on the way, the attempt that follows has none, and its `notice` says so.
 */
export class Keys {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Makes a key. It is `queued` when that takes longer than the wait, 5 s by default. */
  create(key: CreateKeyBody, options: WriteOptions = {}): Promise<IssuedKey | QueuedKey> {
    return this.#session.write('/v1/ops/keys', key, writeHeaders(options), options)
  }

  /** Gives a key another secret; the old one is worth nothing any more. */
  rotate(id: string, options: WriteOptions = {}): Promise<IssuedKey | QueuedKey> {
    return this.#session.write(`${path(id)}/rotate`, {}, writeHeaders(options), options)
  }

  /** Ends a key for ever, within 10 s. */
  revoke(id: string, revocation: RevokeKey = {}, options: WriteOptions = {}): Promise<Key | QueuedRevocation> {
    return this.#session.write(`${path(id)}/revoke`, revocation, writeHeaders(options), options)
  }

  /** The keys of all clients or of one, newest first. */
  list(filter: KeyFilter = {}, options: CallOptions = {}): AsyncGenerator<Key, void> {
    return this.#session.list('/v1/ops/keys', undefined, filter satisfies Query, options)
  }
}

const path = (id: string): string => `/v1/ops/keys/${encodeURIComponent(id)}`
