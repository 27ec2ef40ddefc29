import type { AuditBatchPage, AuditReceipt, AuditRecord, ListAuditQuery } from '@paycluster/contracts'
import type { Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'

/** `limit` is the size of a page, not of the list. */
export type AuditFilter = Partial<Omit<ListAuditQuery, 'cursor'>>

/** `/v1/ops/audit`, for keys with the scope `ops`. Every method throws PaymentClientError. */
export class Audit {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Records, newest first, without their bodies. */
  list(filter: AuditFilter = {}, options: CallOptions = {}): AsyncGenerator<AuditRecord, void> {
    return this.#session.list('/v1/ops/audit', undefined, filter satisfies Query, options)
  }

  /** The whole log, oldest first, page by page as it is wanted: what an export is made of. `options` are for each page. */
  async *batches(limit = 100, options: CallOptions = {}): AsyncGenerator<AuditBatchPage, void> {
    let cursor: string | null | undefined
    while (cursor !== null) {
      const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page: AuditBatchPage = await this.#session.read(
        `/v1/ops/audit/batches?limit=${limit}${after}`,
        undefined,
        options,
      )
      yield page
      cursor = page.next_cursor
    }
  }

  /** Proof of what was recorded of a payment, or of anything else with an id. @throws NotFoundError */
  receipt(subject: string, options: CallOptions = {}): Promise<AuditReceipt> {
    return this.#session.read(`/v1/ops/audit/receipts/${encodeURIComponent(subject)}`, undefined, options)
  }
}
