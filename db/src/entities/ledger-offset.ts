import { Column, Entity, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** Up to where the ledger holds the effects of one partition: updated in the transaction that posts a batch. */
@Entity('ledger_offsets')
export class LedgerOffset {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'ledger_offsets_pkey' })
  topic!: string

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'ledger_offsets_pkey' })
  partition!: number

  /** The offset of the first message that the ledger does not have. */
  @Column('bigint', { name: 'next_offset', transformer: safeInteger })
  nextOffset!: number
}
