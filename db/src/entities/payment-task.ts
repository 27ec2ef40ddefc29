import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'

export const TASK_STATES = ['ready', 'calling', 'unknown', 'pending', 'reported', 'exhausted', 'done'] as const
export const TASK_ANSWERS = ['settled', 'declined'] as const

/** What is to be asked of a bank for one payment, or one refund of it. Its states are explained in payment-worker/src/bank/bank-task.ts. */
@Entity('payment_tasks')
@Check('payment_tasks_attempts_check', 'attempts >= 0')
@Check(
  'answers_of_what_is_known',
  "CASE WHEN state = 'reported' THEN answer IS NOT NULL WHEN state = 'done' THEN true ELSE answer IS NULL END",
)
@Index('payment_tasks_payment', ['paymentId'])
@Index('payment_tasks_due', ['dueAt'], { where: "(state <> ALL (ARRAY['exhausted'::task_state, 'done'::task_state]))" })
@Index('payment_tasks_done', ['updatedAt'], { where: "(state = 'done'::task_state)" })
export class PaymentTask {
  /** The payment's or the refund's: what the bank knows it by. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'payment_tasks_pkey' })
  id!: string

  @Column('uuid', { name: 'payment_id' })
  paymentId!: string

  @Column('enum', { enum: TASK_STATES, enumName: 'task_state', default: 'ready' })
  state!: (typeof TASK_STATES)[number]

  /** When something is to be done about it; while somebody does it, when that must be over. */
  @Column('timestamp with time zone', { name: 'due_at', precision: 3 })
  dueAt!: Date

  /** Requests to the bank. */
  @Column('integer', { default: 0 })
  attempts!: number

  /** What stands for the card at the bank; gone when the task is done. */
  @Column('text', { name: 'card_token', nullable: true })
  cardToken!: string | null

  /** Where somebody waits for the end. */
  @Column('text', { name: 'reply_to', nullable: true })
  replyTo!: string | null

  @Column('enum', { enum: TASK_ANSWERS, enumName: 'task_answer', nullable: true })
  answer!: (typeof TASK_ANSWERS)[number] | null

  /** The bank's id of what it did, or why it did not. */
  @Column('text', { nullable: true })
  reason!: string | null

  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt!: Date
}
