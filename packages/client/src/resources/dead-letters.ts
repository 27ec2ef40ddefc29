import type {
  DeadLetter,
  DiscardDeadLetter,
  FullDeadLetter,
  ListDeadLettersQuery,
  QueuedDeadLetter,
  ReplayDeadLetter,
} from '@paycluster/contracts'
import type { Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `limit` is the size of a page, not of the list. */
export type DeadLetterFilter = Partial<Omit<ListDeadLettersQuery, 'cursor'>>

/** `/v1/ops/dlq`, for keys with the scope `ops`. Every method throws PaymentClientError. */
export class DeadLetters {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Of all kinds and states or of one, newest first, without payloads. */
  list(filter: DeadLetterFilter = {}, options: CallOptions = {}): AsyncGenerator<DeadLetter, void> {
    return this.#session.list('/v1/ops/dlq', undefined, filter satisfies Query, options)
  }

  /** With its payload. @throws NotFoundError */
  get(id: string, options: CallOptions = {}): Promise<FullDeadLetter> {
    return this.#session.read(path(id), undefined, options)
  }

  /** Tries it again. @throws StateConflictError `dead_letter_closed` */
  replay(
    id: string,
    replay: ReplayDeadLetter = {},
    options: WriteOptions = {},
  ): Promise<DeadLetter | QueuedDeadLetter> {
    return this.#session.write(`${path(id)}/replay`, replay, writeHeaders(options), options)
  }

  /**
   * Gives it up. Of a bank task the payment fails: `not_moved` says that the bank was asked, and has not moved the money.
   *
   * @throws StateConflictError `dead_letter_closed` · ValidationError for a bank task without `not_moved`
   */
  discard(id: string, discard: DiscardDeadLetter, options: WriteOptions = {}): Promise<DeadLetter | QueuedDeadLetter> {
    return this.#session.write(`${path(id)}/discard`, discard, writeHeaders(options), options)
  }
}

const path = (id: string): string => `/v1/ops/dlq/${encodeURIComponent(id)}`
