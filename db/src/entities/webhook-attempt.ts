import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm'
import { WebhookDelivery } from './webhook-delivery.ts'

/** One request of a delivery, and its answer. Never changed. */
@Entity('webhook_attempts')
export class WebhookAttempt {
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'webhook_attempts_pkey' })
  @ForeignKey(() => WebhookDelivery, { name: 'webhook_attempts_delivery_id_fkey', onDelete: 'CASCADE' })
  deliveryId!: string

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'webhook_attempts_pkey' })
  number!: number

  @Column('timestamp with time zone', { name: 'started_at', precision: 3 })
  startedAt!: Date

  @Column('integer', { name: 'duration_ms' })
  durationMs!: number

  @Column('text')
  url!: string

  /** That the request was sent to; null when none was. */
  @Column('text', { nullable: true })
  address!: string | null

  @Column('jsonb', { name: 'request_headers' })
  requestHeaders!: Record<string, string>

  @Column('integer', { nullable: true })
  status!: number | null

  @Column('jsonb', { name: 'response_headers', nullable: true })
  responseHeaders!: Record<string, string> | null

  @Column('text', { name: 'response_body', nullable: true })
  responseBody!: string | null

  @Column('text', { nullable: true })
  error!: string | null
}
