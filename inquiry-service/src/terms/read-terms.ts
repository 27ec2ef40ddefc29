import { parseClientId, type ClientTerms } from '@paycluster/contracts'
import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { loadText } from '@paycluster/platform/load-text'
import type { ReadRouter } from '@paycluster/platform/postgres/read-router'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../answers/answer.ts'
import { readList, routedAnswer } from '../reads/list-reader.ts'

const READ_TERMS = { name: 'read-terms', text: loadText(import.meta.url, './read-terms.sql') }

interface Row {
  readonly deposit: number | null
  readonly withdrawal: number | null
  readonly card: number | null
  readonly revision: number
  readonly limits: ClientTerms['limits']
  readonly lsn: string
}

/** Reads the terms of clients: for whoever operates the cluster. */
export class TermsReader {
  readonly #router: ReadRouter

  constructor(router: ReadRouter) {
    this.#router = router
  }

  /**
   * @param id  the client's number, as the path has it
   * @throws ProblemError `not_found` (404) · `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async read(id: string, token: ConsistencyToken | undefined): Promise<Answer> {
    const client = parseClientId(id)
    if (client === undefined) throw noSuchClient()
    const answer = await readList(this.#router, token, (run) => run<Row>({ ...READ_TERMS, values: [client] }))
    const [row] = answer.value.rows
    if (row === undefined) throw noSuchClient()
    const { deposit, withdrawal, card, limits, revision, lsn } = row
    const terms: ClientTerms = { client, commissions: { deposit, withdrawal, card }, limits, revision }
    return routedAnswer(JSON.stringify(terms), String(revision), answer, lsn)
  }
}

const noSuchClient = (): ProblemError => new ProblemError('not_found', 'There is no such client.')
