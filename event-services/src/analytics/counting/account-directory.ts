import { LRUCache } from 'lru-cache'
import type { Pool } from 'pg'
import { idToUuid } from '@paycluster/platform/ids/id-codec'

const READ_FACTS = {
  name: 'read-account-facts',
  text: `SELECT replace(id::text, '-', '') AS id, client_id, kind = 'merchant' AS is_merchant
         FROM accounts WHERE id = ANY ($1::uuid[])`,
}
/** Neither ever changes. About 10 MB. */
const REMEMBERED = 65_536

export interface AccountFacts {
  readonly client: number
  readonly isMerchant: boolean
}

interface Row {
  readonly id: string
  readonly client_id: number
  readonly is_merchant: boolean
}

/** Whose an account is, and whether it is a merchant's. */
export class AccountDirectory {
  readonly #pool: Pool
  readonly #known = new LRUCache<string, AccountFacts>({ max: REMEMBERED })

  /** @param pool  to the primary, as `payments_events` */
  constructor(pool: Pool) {
    this.#pool = pool
  }

  /**
   * Looks up those that are not known.
   *
   * @param accounts  ids
   * @returns by id; nothing for one that is not there
   * @throws DatabaseError
   */
  async of(accounts: ReadonlySet<string>): Promise<ReadonlyMap<string, AccountFacts>> {
    const found = new Map<string, AccountFacts>()
    const unknown = new Map<string, string>()
    for (const account of accounts) {
      const facts = this.#known.get(account)
      if (facts === undefined) unknown.set(idToUuid(account), account)
      else found.set(account, facts)
    }
    if (unknown.size === 0) return found
    const { rows } = await this.#pool.query<Row>({ ...READ_FACTS, values: [[...unknown.keys()]] })
    for (const { id, client_id, is_merchant } of rows) {
      const account = unknown.get(id)
      if (account === undefined) continue
      const facts = { client: client_id, isMerchant: is_merchant }
      this.#known.set(account, facts)
      found.set(account, facts)
    }
    return found
  }
}
