import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { DeadLetter } from './dead-letter.ts'

export const DEAD_LETTER_CHANGE_KINDS = ['replay', 'discard'] as const

/** What an operator decided of a dead letter, when and why. Never changed itself. */
@Entity('dead_letter_changes')
@Index('dead_letter_changes_letter', ['letterId', 'postedAt'])
export class DeadLetterChange {
  /** Derived from who asked and its Idempotency-Key. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'dead_letter_changes_pkey' })
  id!: string

  @Column('text', { name: 'letter_id' })
  @ForeignKey(() => DeadLetter, { name: 'dead_letter_changes_letter_id_fkey' })
  letterId!: string

  @Column('enum', { enum: DEAD_LETTER_CHANGE_KINDS, enumName: 'dead_letter_change_kind' })
  kind!: (typeof DEAD_LETTER_CHANGE_KINDS)[number]

  /** Of the letter: its attempts before, and its version after it. */
  @Column('integer')
  attempts!: number

  @Column('integer', { name: 'letter_version' })
  letterVersion!: number

  @Column('text', { nullable: true })
  reason!: string | null

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
