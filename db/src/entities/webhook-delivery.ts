import { DELIVERY_STATES, type DeliveryState } from '@paycluster/contracts'
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm'
import { WebhookEndpoint } from './webhook-endpoint.ts'

/** An event on its way to an endpoint. */
@Entity('webhook_deliveries')
@Check('finished_unless_pending', "(state = 'pending') = (finished_at IS NULL)")
@Index('webhook_deliveries_due', ['endpointId', 'dueAt'], { where: "state = 'pending'" })
@Index('webhook_deliveries_of_endpoint', ['endpointId', 'createdAt', 'id'])
@Index('webhook_deliveries_finished', ['finishedAt'], { where: "state <> 'pending'" })
export class WebhookDelivery {
  /** Derived from the endpoint and the event: an event that is told again is one delivery. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_deliveries_pkey' })
  id!: string

  @Column('uuid', { name: 'endpoint_id' })
  @ForeignKey(() => WebhookEndpoint, { name: 'webhook_deliveries_endpoint_id_fkey' })
  endpointId!: string

  @Column('text', { name: 'event_id' })
  eventId!: string

  @Column('text', { name: 'event_type' })
  eventType!: string

  @Column('text')
  body!: string

  @Column('enum', { enum: DELIVERY_STATES, enumName: 'webhook_delivery_state', default: 'pending' })
  state!: DeliveryState

  /** That were begun, of all times it was sent. */
  @Column('integer', { default: 0 })
  attempts!: number

  /** Of these the ones before it was sent again. */
  @Column('integer', { name: 'attempts_before', default: 0 })
  attemptsBefore!: number

  /** Counts how often it was sent again by hand. */
  @Column('integer', { default: 0 })
  run!: number

  /** When it is to be sent; while it is being sent, when it is taken for not sent. */
  @Column('timestamp with time zone', { name: 'due_at', precision: 3, default: () => 'clock_timestamp()' })
  dueAt!: Date

  @Column('timestamp with time zone', { name: 'created_at', precision: 3, default: () => 'clock_timestamp()' })
  createdAt!: Date

  @Column('timestamp with time zone', { name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null
}
