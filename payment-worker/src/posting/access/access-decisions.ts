/** What a batch decides of commands that change who may call. */
import type { ClientTerms, ProblemCode } from '@paycluster/contracts'
import type { BatchAccessChange } from '../batch-command.ts'
import type { AccessChangeRow, KeyRow } from './access-state.ts'

/** A change that is new to the ledger. */
export interface NewAccessChange {
  readonly kind: 'access change'
  readonly change: BatchAccessChange
  /** The key after it; none of a client. */
  readonly key?: KeyRow
  /** The client's terms after it, where they were changed. */
  readonly terms?: ClientTerms
}

/** What asks for a state that is so already: a key that is revoked stays revoked. Leaves no trace. */
export interface IdleAccessChange {
  readonly kind: 'idle access change'
  readonly change: BatchAccessChange
  readonly key: KeyRow
}

/** A change that the ledger has already. */
export interface RepeatedAccessChange {
  readonly kind: 'repeated access change'
  readonly change: BatchAccessChange
  readonly row: AccessChangeRow
  /** As it stands now; none of a new client. */
  readonly key: KeyRow | undefined
}

/** What cannot be done: nothing changes. */
export interface RefusedAccessChange {
  readonly kind: 'refused access change'
  readonly change: BatchAccessChange
  readonly problem: AccessRefusal
}

export type AccessRefusal = Extract<ProblemCode, 'not_found' | 'client_name_taken' | 'key_inactive' | 'last_ops_key'>

export type AccessDecision = NewAccessChange | IdleAccessChange | RepeatedAccessChange | RefusedAccessChange
