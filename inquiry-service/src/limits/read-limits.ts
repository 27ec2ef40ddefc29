import type { AccountLimits } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { idToUuid, type IdCodec } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../answers/answer.ts'
import { readList, routedAnswer } from '../reads/list-reader.ts'

const READ_LIMITS = { name: 'read-limits', text: loadText(import.meta.url, './read-limits.sql') }

interface Row extends Omit<AccountLimits, 'account'> {
  readonly client_id: number
  readonly lsn: string
}

/** Reads what accounts may spend: for whoever operates the cluster, of any client's. */
export class LimitsReader {
  readonly #router: ReadRouter
  readonly #ids: IdCodec

  constructor(router: ReadRouter, ids: IdCodec) {
    this.#router = router
    this.#ids = ids
  }

  /** @throws ProblemError `not_found` (404) · `replica_lag`, `unavailable`, `overloaded` (503) */
  async read(account: string, token: ConsistencyToken | undefined): Promise<Answer> {
    if (!this.#ids.isIssued('acc', account)) throw noSuchAccount()
    const answer = await readList(this.#router, token, (run) =>
      run<Row>({ ...READ_LIMITS, values: [idToUuid(account)] }),
    )
    const [row] = answer.value.rows
    if (row === undefined || !this.#ids.isOwnedBy('acc', account, row.client_id)) throw noSuchAccount()
    const { currency, overdraft, per_payment, per_day, revision, lsn } = row
    const limits: AccountLimits = { account, currency, overdraft, per_payment, per_day, revision }
    return routedAnswer(JSON.stringify(limits), String(revision), answer, lsn)
  }
}

const noSuchAccount = (): ProblemError => new ProblemError('not_found', 'There is no such account.')
