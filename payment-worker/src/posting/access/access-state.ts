/** What a batch reads of clients and keys before it decides who may call. */
import type { ClientTerms, LimitTier, Scope } from '@paycluster/contracts'

export interface ClientRow {
  readonly id: number
  readonly name: string
  readonly createdAtMs: number
}

/** A key as the ledger holds it. */
export interface KeyRow {
  readonly client: number
  /** SHA-256 of its secret, 64 hexadecimal digits. */
  readonly secretHash: string
  readonly scopes: readonly Scope[]
  readonly limitTier: LimitTier
  readonly signatureRequired: boolean
  readonly version: number
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly revokedAtMs: number | null
}

/** Who asked for a change. */
export interface AskedBy {
  readonly client: number
  readonly key: string
}

/** A change of a client or a key, as the ledger holds it. */
export interface AccessChangeRow {
  /** The client that it is about, or whose key that is. */
  readonly client: ClientRow
  readonly key: string | null
  /** Of the key after it. */
  readonly keyVersion: number | null
  readonly reason: string | null
  /** Of the client after it, where they were changed. */
  readonly terms: ClientTerms | null
  readonly askedBy: AskedBy
  readonly fingerprint: string
  readonly postedAtMs: number
}

/** A missing key is a missing row. */
export interface AccessState {
  /** Those whose command came again, by the ledger's uuid. */
  readonly changes: ReadonlyMap<string, AccessChangeRow>
  /** Those that a command names, by number or by name. */
  readonly clients: readonly Pick<ClientRow, 'id' | 'name'>[]
  /** Those that a command names, by id; and where one is to be revoked, all that may operate the cluster. */
  readonly keys: ReadonlyMap<string, KeyRow>
  /** How often the terms of clients were changed, of those whose terms a command changes; none: never. */
  readonly revisions?: ReadonlyMap<number, number>
}
