/** Asks a target, before any load, whether it can be read from and written to with this key. */
import { problemSchema } from '@paycluster/contracts'
import { LoadError } from '../load-error.ts'
import { ask, type Reply } from './ask.ts'
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

/** What a refused request means for a run. */
export function refusalOf(url: string, { status, body }: Reply): LoadError {
  const problem = problemSchema.partial().safeParse(body).data
  const said = problem?.detail === undefined ? '' : `: ${problem.detail}`
  if (status === 401) return new LoadError('unauthorized', `${url} does not know the key (401)${said}`)
  if (status === 403) return new LoadError('unauthorized', `the key may not do this (403)${said}`)
  return new LoadError('not_ready', `${url} is not ready: ${status} ${problem?.code ?? ''}${said}`, {
    remedy: 'npm run doctor',
  })
}
