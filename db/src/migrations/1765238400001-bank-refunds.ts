import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Refunds that a bank pays back: how they stand, and tasks of their own, so that one payment may have several.
 *
 * A task has the id by which the bank knows it: its payment's, or its refund's.
 */
export class BankRefunds1765238400001 implements MigrationInterface {
  name = 'BankRefunds1765238400001'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TYPE refund_settlement AS ENUM ('processing', 'settled', 'bank_declined', 'bank_unavailable');
      ALTER TABLE payment_operations
        -- Of a refund in which a bank has a part; null for all else.
        ADD settlement refund_settlement,
        -- When the bank had answered.
        ADD settled_at timestamptz(3),
        -- Of a bank's answer to a refund: which.
        ADD refund_id uuid,
        ADD CONSTRAINT settlement_of_refunds CHECK (settlement IS NULL OR (kind = 'refund' AND failure IS NULL)),
        ADD CONSTRAINT time_of_the_settled CHECK (
          (settled_at IS NOT NULL) = (settlement IS NOT NULL AND settlement <> 'processing')
        ),
        ADD CONSTRAINT refunds_of_answers CHECK ((refund_id IS NOT NULL) = (kind IN ('settle_refund', 'decline_refund')));

      ALTER TABLE payment_tasks ADD id uuid;
      UPDATE payment_tasks SET id = payment_id;
      ALTER TABLE payment_tasks
        DROP CONSTRAINT payment_tasks_pkey,
        ADD CONSTRAINT payment_tasks_pkey PRIMARY KEY (id);
      CREATE INDEX payment_tasks_payment ON payment_tasks (payment_id);
      -- The refund that was asked for; null for the payment itself.
      ALTER TABLE bank_calls ADD refund_id uuid;
    `)
    await runner.query(`
      GRANT UPDATE (settlement, settled_at) ON payment_operations TO payments_worker;
      GRANT SELECT (id) ON payment_tasks TO payments_events;
    `)
  }

  /** @throws QueryFailedError when a payment has more than one task: their refunds are no use to what was before */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE UPDATE (settlement, settled_at) ON payment_operations FROM payments_worker;
      ALTER TABLE bank_calls DROP refund_id;
      DROP INDEX payment_tasks_payment;
      ALTER TABLE payment_tasks
        DROP CONSTRAINT payment_tasks_pkey,
        ADD CONSTRAINT payment_tasks_pkey PRIMARY KEY (payment_id),
        DROP id;
      ALTER TABLE payment_operations
        DROP CONSTRAINT settlement_of_refunds,
        DROP CONSTRAINT time_of_the_settled,
        DROP CONSTRAINT refunds_of_answers,
        DROP settlement,
        DROP settled_at,
        DROP refund_id;
      DROP TYPE refund_settlement;
    `)
  }
}
