import type {
  Difference,
  ListDifferencesQuery,
  ListReconciliationRunsQuery,
  ReconciliationRun,
  ReconciliationSummary,
  StartReconciliation,
} from '@paycluster/contracts'
import type { Query } from '../http/query.ts'
import type { Session } from '../http/session.ts'
import type { CallOptions } from '../http/transport.ts'

/** `limit` is the size of a page, not of the list. */
export type ReconciliationRunFilter = Partial<Omit<ListReconciliationRunsQuery, 'cursor'>>
export type DifferenceFilter = Partial<Omit<ListDifferencesQuery, 'cursor'>>

const PATH = '/v1/ops/reconciliation'
/** For a whole statement: as long as the cluster takes one. */
const STATEMENT_TIMEOUT_MS = 900_000

/** `/v1/ops/reconciliation`, for keys with the scope `ops`. Every method throws PaymentClientError. */
export class Reconciliation {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** The newest run of each kind, and how many differences are open. */
  summary(options: CallOptions = {}): Promise<ReconciliationSummary> {
    return this.#session.read(PATH, undefined, options)
  }

  /** Newest first. */
  runs(filter: ReconciliationRunFilter = {}, options: CallOptions = {}): AsyncGenerator<ReconciliationRun, void> {
    return this.#session.list(`${PATH}/runs`, undefined, filter satisfies Query, options)
  }

  /** @throws NotFoundError */
  run(id: string, options: CallOptions = {}): Promise<ReconciliationRun> {
    return this.#session.read(`${PATH}/runs/${encodeURIComponent(id)}`, undefined, options)
  }

  /** Begins a run, which goes on by itself. @throws StateConflictError while one of the kind is under way */
  start(what: StartReconciliation, options: CallOptions = {}): Promise<ReconciliationRun> {
    return this.#session.change('POST', `${PATH}/runs`, what, options)
  }

  /** By when they were first seen, newest first. */
  differences(filter: DifferenceFilter = {}, options: CallOptions = {}): AsyncGenerator<Difference, void> {
    return this.#session.list(`${PATH}/differences`, undefined, filter satisfies Query, options)
  }

  /**
   * Gives the bank's statement of a day, and has it compared. Resolves when all of it was read.
   *
   * @param day  of UTC: `2026-11-26`
   * @param file  CSV; in Node `fs.openAsBlob` makes one that is read as it is sent
   * @throws ApiError `statement_invalid` that names the line · StateConflictError while one is being compared
   */
  giveStatement(day: string, file: Blob, options: CallOptions = {}): Promise<ReconciliationRun> {
    return this.#session.upload(`${PATH}/statements/${encodeURIComponent(day)}`, file, 'text/csv', {
      timeoutMs: STATEMENT_TIMEOUT_MS,
      ...options,
    })
  }
}
