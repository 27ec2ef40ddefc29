import type { Analytics, AnalyticsDimension, AnalyticsParameters } from '@paycluster/contracts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'
import { toText } from '../http/query.ts'

/** Which figures: times are RFC 3339. */
export interface FiguresFilter extends Omit<AnalyticsParameters, 'group_by' | 'client'> {
  readonly group_by?: readonly AnalyticsDimension[]
  readonly client?: number
}

/** `/v1/ops/analytics`, for keys with the scope `ops`. */
export class AnalyticsFigures {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** What was paid, by minute, hour or day. @throws PaymentClientError: `invalid_parameter` for too much at once */
  read({ group_by = [], ...filter }: FiguresFilter, options: CallOptions = {}): Promise<Analytics> {
    const query = { ...filter, group_by: group_by.length === 0 ? undefined : group_by.join(',') }
    return this.#session.read(`/v1/ops/analytics${toText(query)}`, undefined, options)
  }
}
