/** Asks a target, before any load, whether it can be read from and written to with this key. */
import { LoadError } from '../load-error.ts'
import { ask } from './ask.ts'
import { refusalOf } from './refusal.ts'
import type { Target } from './target.ts'

/** @throws LoadError `unreachable`, `unauthorized`, `not_ready`, `no_accounts` */
export async function probe({ url, apiKey, accounts }: Target): Promise<void> {
  const read = await ask(url, apiKey, `/v1/accounts/${accounts.customers[0] ?? ''}/balance`)
  if (read.status === 404)
    throw new LoadError('no_accounts', `the accounts are not those of ${url}, or not of this key`)
  if (read.status !== 200) throw refusalOf(url, read)
  // An empty body passes the key and the service's readiness, and moves nothing.
  const write = await ask(url, apiKey, '/v1/payments', { key: 'load-probe', body: '{}' })
  if (write.status !== 422) throw refusalOf(url, write)
}
