/**
 * The consistency token: what an answer has seen, so that the next read sees at least that.
 *
 *     1.<timeline>.<lsn in hex>[.<26 characters of an account id>:<version>]…
 *
 * An answer whose account version is at least the token's proves itself, from any source; the log position is for
 * answers that no single version covers. The token is not signed: altered, it can only make its sender's own read wait,
 * and every wait is bounded.
 */
import { type Lsn } from './lsn.ts'

export const CONSISTENCY_TOKEN_HEADER = 'consistency-token'

export interface ConsistencyToken {
  /** The primary's timeline: a failover starts a new one, and versions of two timelines do not compare. */
  readonly timeline: number
  readonly lsn: Lsn
  /** Least versions by the 26-character body of the account's id. */
  readonly versions: ReadonlyMap<string, number>
}

/** A payment touches two accounts; a batch's token may name more, but a header is bounded. */
const MAX_ACCOUNTS = 16
const MAX_TOKEN_LENGTH = 1024
const TOKEN = /^1\.([0-9a-f]{1,8})\.([0-9a-f]{1,16})((?:\.[0-9a-hjkmnp-tv-z]{26}:[0-9a-z]{1,11})*)$/

/** The part of an account id that a token names it by. */
export const tokenAccount = (accountId: string): string => accountId.slice(4, 30)

/**
 * Writes a token. Cheap on purpose: the worker writes one for every payment.
 *
 * @param versions  pairs of account id and version, at most 16
 */
export function formatConsistencyToken(
  timeline: number,
  lsn: Lsn,
  versions: readonly (readonly [accountId: string, version: number])[],
): string {
  let token = `1.${timeline.toString(16)}.${lsn.toString(16)}`
  for (const [accountId, version] of versions.slice(0, MAX_ACCOUNTS))
    token += `.${tokenAccount(accountId)}:${version.toString(36)}`
  return token
}

/** Reads a token, or returns undefined when it is none. */
export function parseConsistencyToken(text: string): ConsistencyToken | undefined {
  if (text.length > MAX_TOKEN_LENGTH) return undefined
  const match = TOKEN.exec(text)
  if (match === null) return undefined
  const [, timeline = '', lsn = '', rest = ''] = match
  const parts = rest.split('.').slice(1)
  if (parts.length > MAX_ACCOUNTS) return undefined
  const versions = new Map(parts.map((part) => [part.slice(0, 26), parseInt(part.slice(27), 36)] as const))
  return { timeline: parseInt(timeline, 16), lsn: BigInt(`0x${lsn}`), versions }
}

/**
 * A token for a state that reflects all of the given ones: the latest of their positions in the log, which covers whatever
 * they name.
 *
 * @param tokens  one at least, each written by {@link formatConsistencyToken}
 */
export function latestPosition(tokens: readonly string[]): string {
  let latest: Pick<ConsistencyToken, 'timeline' | 'lsn'> = { timeline: 0, lsn: 0n }
  for (const text of tokens) {
    const token = parseConsistencyToken(text)
    if (token === undefined) throw new RangeError('not a consistency token')
    const isLater = token.timeline > latest.timeline || (token.timeline === latest.timeline && token.lsn > latest.lsn)
    if (isLater) latest = token
  }
  return formatConsistencyToken(latest.timeline, latest.lsn, [])
}
