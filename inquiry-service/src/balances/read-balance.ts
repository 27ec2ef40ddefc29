import type { ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { Answer } from '../answers/answer.ts'
import { foundAnswer } from '../reads/found-answer.ts'
import { ObjectReader, type FoundObject, type ReaderParts } from '../reads/object-reader.ts'
import { accountNotOpen } from '../accounts/own-account.ts'
import { balanceKind, type BalanceRow } from './balance-kind.ts'

/** Reads balances. */
export class BalanceReader {
  readonly #objects: ObjectReader<BalanceRow>

  constructor(parts: ReaderParts) {
    this.#objects = new ObjectReader(parts, balanceKind)
  }

  /**
   * The balance of one account.
   *
   * @param id  the caller's own, as its tag says
   * @throws ProblemError `not_found` when the account is not open yet · `replica_lag`, `unavailable`, `overloaded` (503)
   */
  async read(id: string, token: ConsistencyToken | undefined): Promise<Answer> {
    return foundAnswer(this.#found(await this.#objects.read(id, token)))
  }

  /** As {@link read}, past the cache: for a page whose version is not known. */
  async load(id: string, token: ConsistencyToken | undefined): Promise<FoundObject> {
    return this.#found(await this.#objects.load(id, token))
  }

  /** A balance that was found in the cache, if it may be answered with. */
  admit: ObjectReader<BalanceRow>['admit'] = (entry, id, token) => this.#objects.admit(entry, id, token)

  #found(object: Awaited<ReturnType<ObjectReader<BalanceRow>['read']>>): FoundObject {
    if (object.entry === undefined) throw accountNotOpen()
    return object
  }
}
