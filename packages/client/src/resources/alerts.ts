import type {
  AcknowledgeAlert,
  Alert,
  AlertRules,
  CreateSilence,
  FullAlert,
  ListAlertsQuery,
  ListSilencesQuery,
  Silence,
} from '@paycluster/contracts'
import type { Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `limit` is the size of a page, not of the list. */
export type AlertFilter = Partial<Omit<ListAlertsQuery, 'cursor'>>
export type SilenceFilter = Partial<Omit<ListSilencesQuery, 'cursor'>>

/** `/v1/ops/alerts`, its rules and its silences, for keys with the scope `ops`. Every method throws PaymentClientError. */
export class Alerts {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Newest first. */
  list(filter: AlertFilter = {}, options: CallOptions = {}): AsyncGenerator<Alert, void> {
    return this.#session.list('/v1/ops/alerts', undefined, filter satisfies Query, options)
  }

  /** With what it rests on, and who was told. @throws NotFoundError */
  get(id: string, options: CallOptions = {}): Promise<FullAlert> {
    return this.#session.read(alertPath(id), undefined, options)
  }

  /** Nobody is told of it again before it is over. @throws StateConflictError `alert_resolved` */
  acknowledge(id: string, acknowledgement: AcknowledgeAlert = {}, options: CallOptions = {}): Promise<Alert> {
    return this.#session.change('POST', `${alertPath(id)}/acknowledge`, acknowledgement, options)
  }

  /** The rules in force, and what is wrong with a file that was refused. */
  rules(options: CallOptions = {}): Promise<AlertRules> {
    return this.#session.read('/v1/ops/alert-rules', undefined, options)
  }

  /** Has nobody told of alerts that fit, for a while. */
  silence(silence: CreateSilence, options: Omit<WriteOptions, 'waitS'> = {}): Promise<Silence> {
    return this.#session.write('/v1/ops/silences', silence, writeHeaders(options), options)
  }

  /** Newest first. */
  silences(filter: SilenceFilter = {}, options: CallOptions = {}): AsyncGenerator<Silence, void> {
    return this.#session.list('/v1/ops/silences', undefined, filter satisfies Query, options)
  }

  /** Ends a silence. @throws NotFoundError */
  async unsilence(id: string, options: CallOptions = {}): Promise<void> {
    await this.#session.change('DELETE', `/v1/ops/silences/${encodeURIComponent(id)}`, undefined, options)
  }
}

const alertPath = (id: string): string => `/v1/ops/alerts/${encodeURIComponent(id)}`
