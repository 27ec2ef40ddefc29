import { Column, Entity, PrimaryColumn } from 'typeorm'
import { safeInteger } from './safe-integer.ts'

/** A new one each time: TypeORM writes into it. */
const key = () => ({ primaryKeyConstraintName: 'rollups_pkey' })

/** What came to a state within a minute, an hour or a day. */
@Entity('rollups', { schema: 'analytics' })
export class AnalyticsRollup {
  @PrimaryColumn('text', key())
  granularity!: 'minute' | 'hour' | 'day'

  /** When the bucket begins. */
  @PrimaryColumn('timestamp with time zone', { ...key(), precision: 0 })
  at!: Date

  /** 0: of no account that there is. */
  @PrimaryColumn('integer', { ...key(), name: 'client_id' })
  clientId!: number

  /** The destination's id, where that is a merchant's account; else empty. */
  @PrimaryColumn('text', key())
  merchant!: string

  @PrimaryColumn('text', key())
  kind!: string

  @PrimaryColumn('text', key())
  state!: string

  @PrimaryColumn('text', key())
  currency!: string

  /** The histogram's cell of the time from acceptance to this state; -1 for a state that is not final. */
  @PrimaryColumn('smallint', key())
  latency!: number

  @Column('bigint', { transformer: safeInteger })
  count!: number

  /** Minor units, in decimal: more than a number may hold. */
  @Column('numeric', { precision: 40, scale: 0 })
  volume!: string
}
