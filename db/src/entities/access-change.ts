import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { ApiKey } from './api-key.ts'
import { Client } from './client.ts'

export const ACCESS_CHANGE_KINDS = ['create_client', 'create_key', 'rotate_key', 'revoke_key', 'set_terms'] as const

/** A change of who may call, or on what terms: what was done to a client or a key, when, and by whom. Never changed itself. */
@Entity('access_changes')
@Check(
  'key_of_key_changes',
  `(key_id IS NULL) = (kind = 'create_client' OR terms IS NOT NULL) AND (key_id IS NULL) = (key_version IS NULL)`,
)
@Index('access_changes_client', ['clientId', 'postedAt', 'id'])
export class AccessChange {
  /** Derived from who asked and its Idempotency-Key. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'access_changes_pkey' })
  id!: string

  @Column('enum', { enum: ACCESS_CHANGE_KINDS, enumName: 'access_change_kind' })
  kind!: (typeof ACCESS_CHANGE_KINDS)[number]

  /** The client that it is about, or whose key that is. */
  @Column('integer', { name: 'client_id' })
  @ForeignKey(() => Client, { name: 'access_changes_client_id_fkey' })
  clientId!: number

  @Column('text', { name: 'key_id', nullable: true })
  @ForeignKey(() => ApiKey, { name: 'access_changes_key_id_fkey' })
  keyId!: string | null

  /** Of the key after it. */
  @Column('integer', { name: 'key_version', nullable: true })
  keyVersion!: number | null

  @Column('text', { nullable: true })
  reason!: string | null

  /** Of a client after a change of them: as `ClientTerms` in contracts has them. */
  @Column('jsonb', { nullable: true })
  terms!: object | null

  /** Who asked for it: the client, and which of its keys. */
  @Column('integer', { name: 'asked_by_client_id' })
  askedByClientId!: number

  @Column('text', { name: 'asked_by_key_id' })
  askedByKeyId!: string

  @Column('bytea')
  fingerprint!: Buffer

  /** When payment-service accepted it. */
  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date

  /** When the ledger recorded it. */
  @Column('timestamp with time zone', { name: 'posted_at', precision: 3 })
  postedAt!: Date
}
