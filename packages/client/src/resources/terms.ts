import type { ClientTerms, QueuedTerms, SetClientTermsBody } from '@paycluster/contracts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `/v1/ops/clients/{id}/terms`, for keys with the scope `ops`. Every method throws PaymentClientError. */
export class Terms {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /**
   * Says what a client may spend over all of its accounts, and what a bank's services cost it. Queued when that takes
   * longer than the wait, 5 s by default.
   */
  set(client: number, terms: SetClientTermsBody, options: WriteOptions = {}): Promise<ClientTerms | QueuedTerms> {
    return this.#session.write(path(client), terms, writeHeaders(options), options)
  }

  get(client: number, options: CallOptions = {}): Promise<ClientTerms> {
    return this.#session.read(path(client), undefined, options)
  }
}

const path = (client: number): string => `/v1/ops/clients/${String(client)}/terms`
