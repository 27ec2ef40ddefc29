/** Reads lists: no cache, one query on a node that reflects everything served before and the request's token. */
import { createHash } from 'node:crypto'
import { formatConsistencyToken, type ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import { maxLsn, parseLsn, type Lsn } from '@paycluster/platform/consistency/lsn'
import type { ReadRouter, RoutedAnswer, RunQuery } from '@paycluster/platform/postgres/read-router'
import { ProblemError } from '@paycluster/platform/problem-error'
import type { Answer } from '../answers/answer.ts'
import { reflectsToken } from './object-reader.ts'

/** Below every row: the position at which a list begins. */
export const NEWEST = { time: 'infinity', id: 'ffffffffffffffffffffffffffffffff' }

export interface Page {
  readonly data: readonly unknown[]
  readonly next_cursor: string | null
}

/**
 * Runs a list's query.
 *
 * @throws ProblemError `replica_lag`, `unavailable`, `overloaded` (503)
 */
export async function readList<T>(
  router: ReadRouter,
  token: ConsistencyToken | undefined,
  run: (query: RunQuery) => Promise<T>,
): Promise<RoutedAnswer<T>> {
  const position = await router.position()
  // With a read index, a token beyond it is of a state that this primary does not have. Without one, it is waited for.
  const wanted =
    token !== undefined && token.lsn > position.lsn && position.asOfMs === undefined
      ? { ...position, lsn: token.lsn }
      : position
  let seen: Lsn = 0n
  const answer = await router.read(wanted, (query) =>
    run(async (config) => {
      const result = await query<never>(config)
      seen = maxLsn(seen, lsnOf(result.rows[0]))
      return result
    }),
  )
  const { source } = answer
  if (!reflectsToken(source, token))
    throw new ProblemError('replica_lag', 'No node has caught up with the consistency token.')
  router.noteServed(maxLsn(seen, source.lsn), source.timeline)
  return answer
}

/** Of a row that says where its node's log stood. */
function lsnOf(row: unknown): Lsn {
  const { lsn } = (row ?? {}) as { lsn?: unknown }
  return typeof lsn === 'string' ? parseLsn(lsn) : 0n
}

/** `lsn` is of a row; an empty page has the source's. */
export const pageAnswer = (page: Page, routed: RoutedAnswer<unknown>, lsn: string | undefined): Answer =>
  unversionedAnswer(page, routed, lsn)

/** What has no version, as a list: its ETag is a digest of it. */
export function unversionedAnswer(value: object, routed: RoutedAnswer<unknown>, lsn: string | undefined): Answer {
  const body = JSON.stringify(value)
  return routedAnswer(body, createHash('sha256').update(body).digest('base64url').slice(0, 22), routed, lsn)
}

/** What was read off a node, past the cache. `lsn` is of a row; without one, the source's. */
export function routedAnswer(
  body: string,
  etag: string,
  { source }: RoutedAnswer<unknown>,
  lsn: string | undefined,
): Answer {
  const position = lsn === undefined ? source.lsn : parseLsn(lsn)
  return {
    body,
    source: source.name,
    asOfMs: source.asOfMs,
    etag,
    token: formatConsistencyToken(source.timeline, position, []),
  }
}
