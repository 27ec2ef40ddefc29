import type { Balance } from '@paycluster/contracts'
import type { Clock } from '@paycluster/platform/clock'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { idToUuid } from '@paycluster/platform/ids/id-codec'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { ProblemError } from '@paycluster/platform/problem-error'
import { accountNotOpen } from '../accounts/own-account.ts'
import type { Answer } from '../answers/answer.ts'
import { readList, routedAnswer } from '../reads/list-reader.ts'
import { toInstant } from '../reads/period.ts'
import { findSeqBounds } from '../statements/seq-bounds.ts'

const READ_BALANCE_AT = { name: 'read-balance-at', text: loadText(import.meta.url, './read-balance-at.sql') }

interface Row {
  readonly posted: number
  readonly held: number
  readonly currency: string
  readonly lsn: string
}

/** Reads balances of the past: every change of a balance is an entry, which says what it left. */
export class PastBalanceReader {
  readonly #router: ReadRouter
  readonly #clock: Clock

  constructor(router: ReadRouter, clock: Clock) {
    this.#router = router
    this.#clock = clock
  }

  /**
   * The balance as it was at a time, with everything that has that very millisecond.
   *
   * @param id  the caller's own, as its tag says
   * @param at  RFC 3339
   * @throws ProblemError `invalid_parameter` (400) for a time to come · `not_found` when the account is not open ·
   * `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async read(id: string, at: string, token: ConsistencyToken | undefined): Promise<Answer> {
    const asOf = toInstant(at)
    if (Date.parse(asOf) > this.#clock.now())
      throw new ProblemError('invalid_parameter', 'A balance of the future cannot be told.', {
        errors: [{ pointer: 'at', code: 'future', detail: 'is a time to come' }],
      })
    const uuid = idToUuid(id)
    const answer = await readList(this.#router, token, async (run) => {
      const { seq: next } = await findSeqBounds(run, uuid, { from: '-infinity', to: justAfter(asOf) })
      const version = next - 1
      const { rows } = await run<Row>({ ...READ_BALANCE_AT, values: [uuid, version] })
      return { row: rows[0], version }
    })
    const { row, version } = answer.value
    if (row === undefined) throw accountNotOpen()
    const { posted, held, currency } = row
    const balance: Balance = {
      account_id: id,
      currency,
      posted,
      pending_out: held,
      available: posted - held,
      version,
      as_of: asOf,
    }
    return routedAnswer(JSON.stringify(balance), String(version), answer, row.lsn)
  }
}

/** The ledger's times have whole milliseconds. */
const justAfter = (instant: string): string => new Date(Date.parse(instant) + 1).toISOString()
