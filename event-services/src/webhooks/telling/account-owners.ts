import { LRUCache } from 'lru-cache'
import type { Pool } from 'pg'
import { idToUuid } from '@paycluster/platform/ids/id-codec'

const READ_OWNERS = {
  name: 'read-account-owners',
  text: 'SELECT id, client_id FROM accounts WHERE id = ANY ($1::uuid[])',
}
/** An account's owner never changes. About 8 MB. */
const REMEMBERED = 65_536
const HYPHENS = /-/g

/** Whose an account is. */
export class AccountOwners {
  readonly #known = new LRUCache<string, number>({ max: REMEMBERED })

  /**
   * Looks up those that are not known.
   *
   * @param accounts  ids
   * @returns by account, its client; nothing for one that is not there
   * @throws DatabaseError
   */
  async of(pool: Pool, accounts: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const owners = new Map<string, number>()
    const unknown = new Map<string, string>()
    for (const account of accounts) {
      const owner = this.#known.get(account)
      if (owner === undefined) unknown.set(idToUuid(account), account)
      else owners.set(account, owner)
    }
    if (unknown.size === 0) return owners
    const { rows } = await pool.query<{ id: string; client_id: number }>({
      ...READ_OWNERS,
      values: [[...unknown.keys()]],
    })
    for (const { id, client_id } of rows) {
      const account = unknown.get(id.replace(HYPHENS, ''))
      if (account === undefined) continue
      this.#known.set(account, client_id)
      owners.set(account, client_id)
    }
    return owners
  }
}
