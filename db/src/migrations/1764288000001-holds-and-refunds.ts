import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Holds, captures, refunds, and blocks of accounts.
 *
 * Every change of a balance is an entry, one of what is pending as well: so the version stays the number of entries, and
 * any balance of the past can be read off one of them. The new columns are null for a plain payment and cost it nothing.
 */
export class HoldsAndRefunds1764288000001 implements MigrationInterface {
  name = 'HoldsAndRefunds1764288000001'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payments
        ADD hold_until timestamptz(3),
        -- What the destination of a hold received; null for a payment without a hold, whose amount it is.
        ADD captured minor_units,
        ADD refunded minor_units,
        -- When a hold became final; a payment without one is final as it is posted.
        ADD completed_at timestamptz(3),
        DROP CONSTRAINT entries_of_the_succeeded,
        ADD CONSTRAINT entries_of_what_did_not_fail CHECK ((source_seq IS NOT NULL) = (status <> 'failed')),
        ADD CONSTRAINT credit_of_what_was_not_held CHECK (
          (destination_seq IS NOT NULL) = (status = 'succeeded' AND hold_until IS NULL)
        ),
        ADD CONSTRAINT captured_holds CHECK (
          (captured IS NOT NULL) = (hold_until IS NOT NULL AND status = 'succeeded')
        ),
        ADD CONSTRAINT unheld_states CHECK (hold_until IS NOT NULL OR status IN ('succeeded', 'failed')),
        ADD CONSTRAINT completed_holds CHECK (
          (completed_at IS NOT NULL) = (hold_until IS NOT NULL AND status NOT IN ('requires_capture', 'failed'))
        ),
        ADD CONSTRAINT captured_within_amount CHECK (captured BETWEEN 0 AND amount),
        ADD CONSTRAINT refunded_within_captured CHECK (refunded BETWEEN 0 AND coalesce(captured, amount));
      -- Holds by the time at which they end: for the sweep.
      CREATE INDEX payments_holds ON payments (hold_until) WHERE status = 'requires_capture';

      ALTER TABLE entries
        ADD held minor_units,
        ADD held_after minor_units,
        DROP CONSTRAINT entries_amount_check,
        ADD CONSTRAINT entries_change_something CHECK (amount <> 0 OR held IS NOT NULL),
        ADD CONSTRAINT held_changes CHECK (held <> 0),
        ADD CONSTRAINT held_after_is_positive CHECK (held_after > 0);
    `)

    await runner.query(`
      CREATE TYPE operation_kind AS ENUM ('capture', 'cancel', 'expire', 'refund');
      -- What was asked of payments, and what it came to. Append-only.
      CREATE TABLE payment_operations (
        -- Derived from client, payment and Idempotency-Key.
        id uuid PRIMARY KEY,
        payment_id uuid NOT NULL,
        -- The payment's id as the client wrote it, where that is not its to refund.
        unknown_payment text,
        -- Who asked for it.
        client_id integer NOT NULL,
        kind operation_kind NOT NULL,
        failure text,
        -- What moved, or was asked for; null for what moves nothing.
        amount minor_units CHECK (amount > 0),
        reason text,
        fingerprint bytea NOT NULL,
        source_seq bigint,
        destination_seq bigint,
        -- The payment after it; null when it failed.
        payment_version integer,
        refunded minor_units,
        created_at timestamptz(3) NOT NULL,
        posted_at timestamptz(3) NOT NULL,
        CONSTRAINT version_of_the_succeeded CHECK ((payment_version IS NULL) = (failure IS NOT NULL))
      );
      CREATE INDEX payment_operations_payment ON payment_operations (payment_id, posted_at, id);

      CREATE TYPE account_change_kind AS ENUM ('block', 'unblock');
      CREATE TABLE account_changes (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts (id),
        client_id integer NOT NULL,
        kind account_change_kind NOT NULL,
        reason text NOT NULL,
        fingerprint bytea NOT NULL,
        -- Of the account after it.
        revision integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        posted_at timestamptz(3) NOT NULL
      );
      CREATE INDEX account_changes_account ON account_changes (account_id, posted_at, id);
    `)

    await runner.query(`
      GRANT SELECT ON payment_operations, account_changes TO payments_reader, payments_worker, payments_monitor;
      GRANT INSERT ON payment_operations, account_changes TO payments_worker;
      GRANT UPDATE (version, status, captured, refunded, completed_at) ON payments TO payments_worker;
      GRANT UPDATE (revision) ON accounts TO payments_worker;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE UPDATE (version, status, captured, refunded, completed_at) ON payments FROM payments_worker;
      REVOKE UPDATE (revision) ON accounts FROM payments_worker;
      DROP TABLE account_changes, payment_operations;
      DROP TYPE account_change_kind, operation_kind;
      ALTER TABLE entries
        DROP CONSTRAINT entries_change_something,
        DROP held,
        DROP held_after,
        ADD CONSTRAINT entries_amount_check CHECK (amount <> 0);
      DROP INDEX payments_holds;
      ALTER TABLE payments
        DROP CONSTRAINT entries_of_what_did_not_fail,
        DROP CONSTRAINT credit_of_what_was_not_held,
        DROP CONSTRAINT captured_holds,
        DROP CONSTRAINT unheld_states,
        DROP CONSTRAINT completed_holds,
        DROP hold_until,
        DROP captured,
        DROP refunded,
        DROP completed_at,
        ADD CONSTRAINT entries_of_the_succeeded CHECK (
          (source_seq IS NOT NULL) = (status = 'succeeded') AND (destination_seq IS NOT NULL) = (status = 'succeeded')
        );
    `)
  }
}
