import type {
  Account,
  Balance,
  ChangeBlock,
  CreateAccount,
  Entry,
  ListAccountsQuery,
  ListEntriesQuery,
  QueuedAccount,
  QueuedBlockChange,
  StatementFormat,
  StatementQuery,
} from '@paycluster/contracts'
import { toText, type Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `limit` is the size of a page, not of the list. */
export type AccountFilter = Partial<Omit<ListAccountsQuery, 'cursor'>>
export type EntryFilter = Partial<Omit<ListEntriesQuery, 'cursor'>>

/** Times are RFC 3339: `from` is included, `to` is not. */
export type StatementPeriod = Pick<StatementQuery, 'from' | 'to'>

/** `/v1/accounts`. Every method throws PaymentClientError. */
export class Accounts {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Opens an account. It is `queued` when opening it takes longer than the wait, 5 s by default. */
  create(account: CreateAccount, options: WriteOptions = {}): Promise<Account | QueuedAccount> {
    return this.#session.write('/v1/accounts', account, writeHeaders(options), options)
  }

  get(id: string, options: CallOptions = {}): Promise<Account> {
    return this.#session.read(path(id), id, options)
  }

  /** At least as new as everything of this account that this client has seen. */
  balance(id: string, options: CallOptions = {}): Promise<Balance> {
    return this.#session.read(`${path(id)}/balance`, id, options)
  }

  /** As it was at a time, RFC 3339. */
  balanceAt(id: string, at: string, options: CallOptions = {}): Promise<Balance> {
    return this.#session.read(`${path(id)}/balance?at=${encodeURIComponent(at)}`, id, options)
  }

  /** Keeps an account from paying and receiving. Queued when that takes longer than the wait, 5 s by default. */
  block(id: string, change: ChangeBlock, options: WriteOptions = {}): Promise<Account | QueuedBlockChange> {
    return this.#session.write(`${path(id)}/block`, change, writeHeaders(options), options)
  }

  unblock(id: string, change: ChangeBlock, options: WriteOptions = {}): Promise<Account | QueuedBlockChange> {
    return this.#session.write(`${path(id)}/unblock`, change, writeHeaders(options), options)
  }

  /** The statement, newest first. */
  entries(id: string, filter: EntryFilter = {}, options: CallOptions = {}): AsyncGenerator<Entry, void> {
    return this.#session.list(`${path(id)}/entries`, id, filter satisfies Query, options)
  }

  /**
   * The statement as a file to keep, CSV or PDF, oldest first and with totals; its `type` is its media type. The whole of it
   * is one state of the account.
   */
  statement(
    id: string,
    { format, ...period }: StatementPeriod & { readonly format: StatementFormat },
    options: CallOptions = {},
  ): Promise<Blob> {
    return this.#session.readFile(`${path(id)}/statement${toText({ format, ...period })}`, id, options)
  }

  /** Own accounts, newest first. */
  list(filter: AccountFilter = {}, options: CallOptions = {}): AsyncGenerator<Account, void> {
    return this.#session.list('/v1/accounts', undefined, filter satisfies Query, options)
  }
}

const path = (id: string): string => `/v1/accounts/${encodeURIComponent(id)}`
