import type { AccountLimits, QueuedLimits, SetAccountLimitsBody } from '@paycluster/contracts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { writeHeaders, type WriteOptions } from './write-options.ts'

/** `/v1/ops/accounts/{id}/limits`, for keys with the scope `ops`. Every method throws PaymentClientError. */
export class Limits {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Says what an account may spend, of whatever client. Queued when that takes longer than the wait, 5 s by default. */
  set(
    account: string,
    limits: SetAccountLimitsBody,
    options: WriteOptions = {},
  ): Promise<AccountLimits | QueuedLimits> {
    return this.#session.write(path(account), limits, writeHeaders(options), options)
  }

  get(account: string, options: CallOptions = {}): Promise<AccountLimits> {
    return this.#session.read(path(account), undefined, options)
  }
}

const path = (account: string): string => `/v1/ops/accounts/${encodeURIComponent(account)}/limits`
