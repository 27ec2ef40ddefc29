import type { LimitTier, Scope } from '@paycluster/contracts'
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { Client } from './client.ts'

/** A key of a client: what it may do, and the hash by which it is known again. */
@Entity('api_keys')
@Check('api_keys_secret_hash_check', 'octet_length(secret_hash) = 32')
@Index('api_keys_client', ['clientId'])
export class ApiKey {
  /** The `<id>` of `sk_test_<id>_<secret>`. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string

  @Column('integer', { name: 'client_id' })
  @ForeignKey(() => Client, { name: 'api_keys_client_id_fkey' })
  clientId!: number

  /** SHA-256 of the secret: it has 128 random bits or more, so that a slow hash would add cost and no strength. */
  @Column('bytea', { name: 'secret_hash' })
  secretHash!: Buffer

  @Column('text', { array: true })
  scopes!: Scope[]

  @Column('text', { name: 'limit_tier' })
  limitTier!: LimitTier

  @Column('boolean', { name: 'signature_required', default: false })
  signatureRequired!: boolean

  /** Counts rotations of the signing secret. */
  @Column('integer', { default: 1 })
  version!: number

  @Column('timestamp with time zone', { name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date

  @Column('timestamp with time zone', { name: 'expires_at', precision: 3, nullable: true })
  expiresAt!: Date | null

  @Column('timestamp with time zone', { name: 'revoked_at', precision: 3, nullable: true })
  revokedAt!: Date | null
}
