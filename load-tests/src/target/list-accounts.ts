/** Accounts of a cluster that is known by its address alone: those that the key's client has. */
import { accountSchema, pageSchema } from '@paycluster/contracts'
import { LoadError } from '../load-error.ts'
import type { Accounts } from '../workload/run-settings.ts'
import { ask } from './ask.ts'
import { refusalOf } from './refusal.ts'

const MAX_CUSTOMERS = 3000
/** Newest first: what a load run finds are recent accounts. */
const MAX_PAGES = 100
const PAGE_SIZE = 100
const pagesSchema = pageSchema(accountSchema)

/**
 * Pages through the client's accounts.
 *
 * @throws LoadError `no_accounts` when there is no customer or no merchant of that currency; what {@link refusalOf} says
 */
export async function listAccounts(url: string, apiKey: string, currency: string): Promise<Accounts> {
  const customers: string[] = []
  const merchants: string[] = []
  let cursor: string | null = null
  for (let page = 0; page < MAX_PAGES && customers.length < MAX_CUSTOMERS; page++) {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const reply = await ask(url, apiKey, `/v1/accounts?limit=${PAGE_SIZE}${query}`)
    if (reply.status !== 200) throw refusalOf(url, reply)
    const { data, next_cursor } = pagesSchema.parse(reply.body)
    for (const account of data) {
      if (account.currency !== currency || account.status !== 'active') continue
      if (account.kind === 'customer') customers.push(account.id)
      if (account.kind === 'merchant') merchants.push(account.id)
    }
    cursor = next_cursor
    if (cursor === null) break
  }
  if (customers.length === 0 || merchants.length === 0)
    throw new LoadError(
      'no_accounts',
      `the key’s client has ${customers.length} customers and ${merchants.length} merchants in ${currency}`,
      { remedy: '--accounts <file with customers and merchants>' },
    )
  return { currency, customers, merchants }
}
