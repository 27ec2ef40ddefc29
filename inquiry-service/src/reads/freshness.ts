/** Whether a state may be answered with: pure rules over versions, positions and tokens. */
import { tokenAccount, type ConsistencyToken } from '@paycluster/platform/consistency/consistency-token'
import type { Lsn } from '@paycluster/platform/consistency/lsn'

/** A state of one object, from the cache or from a node. */
export interface ObjectState {
  readonly version: number
  readonly timeline: number
  /** A log position whose commits it reflects all. */
  readonly lsn: Lsn
}

/** What versions of an object count. */
export type VersionKind =
  /** The postings of the account: what a token names. */
  | 'postings'
  /** Changes that a token does not name. */
  | 'revisions'

/** Whether `state` is older than `floor`. Versions compare within a timeline; a newer timeline is newer. */
export function isBelow(state: ObjectState, floor: Pick<ObjectState, 'version' | 'timeline'> | undefined): boolean {
  if (floor === undefined) return false
  return state.timeline < floor.timeline || (state.timeline === floor.timeline && state.version < floor.version)
}

/**
 * Whether a state reflects what a token has seen. A token that names the account asks for a version, whatever the source.
 * For anything else the state must be at least as far in the log as the token.
 */
export function meetsToken(
  state: ObjectState,
  kind: VersionKind,
  id: string,
  token: ConsistencyToken | undefined,
): boolean {
  if (token === undefined) return true
  if (state.timeline < token.timeline) return false
  const named = kind === 'postings' ? token.versions.get(tokenAccount(id)) : undefined
  return named === undefined ? state.lsn >= token.lsn : state.version >= named
}
