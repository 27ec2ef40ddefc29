import { problemSchema } from '@paycluster/contracts'
import { LoadError } from '../load-error.ts'
import type { Reply } from './ask.ts'

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
