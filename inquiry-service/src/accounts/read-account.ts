import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { Answer } from '../answers/answer.ts'
import { foundAnswer } from '../reads/found-answer.ts'
import { ObjectReader, type ReaderParts } from '../reads/object-reader.ts'
import { accountKind, type AccountRow } from './account-kind.ts'
import { accountNotOpen } from './own-account.ts'

/** Reads accounts. */
export class AccountReader {
  readonly #objects: ObjectReader<AccountRow>

  constructor(parts: ReaderParts) {
    this.#objects = new ObjectReader(parts, accountKind)
  }

  /**
   * One account, without its balance.
   *
   * @param id  the caller's own, as its tag says
   * @throws ProblemError `not_found` when the account is not open yet · `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async read(id: string, token: ConsistencyToken | undefined): Promise<Answer> {
    const object = await this.#objects.read(id, token)
    if (object.entry === undefined) throw accountNotOpen()
    return foundAnswer(object)
  }
}
