import type { MigrationInterface, QueryRunner } from 'typeorm'
import { ISO_4217_CODES } from '@paycluster/contracts'
import { HOUSE_CLIENT, HOUSE_ROLES, houseAccount } from '@paycluster/platform/ids/house-accounts'

const MIN_AVAILABLE = -Number.MAX_SAFE_INTEGER

/**
 * Deposits, withdrawals and card payments: what the ledger keeps of a bank's part in them, and what is to be asked of the
 * bank.
 *
 * The cluster's own accounts are there from the start, two a currency, so that no batch has to open one.
 */
export class BankPayments1764460800001 implements MigrationInterface {
  name = 'BankPayments1764460800001'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TYPE bank_rail AS ENUM ('deposit', 'withdrawal', 'card');
      ALTER TABLE payments
        -- Null for a payment between accounts, like the two that follow.
        ADD rail bank_rail,
        ADD fee minor_units,
        -- What the bank is told, and what is kept of a card: {reference?, card?: {brand, last4}}.
        ADD bank json,
        ADD CONSTRAINT bank_parts CHECK ((rail IS NULL) = (fee IS NULL) AND (rail IS NULL) = (bank IS NULL)),
        ADD CONSTRAINT fee_within_amount CHECK (fee BETWEEN 0 AND amount),
        DROP CONSTRAINT entries_of_what_did_not_fail,
        ADD CONSTRAINT entries_of_what_did_not_fail CHECK (
          CASE WHEN rail IS NULL THEN (source_seq IS NOT NULL) = (status <> 'failed')
            WHEN rail = 'withdrawal' THEN (source_seq IS NOT NULL) = (status <> 'failed' OR version > 1)
            ELSE source_seq IS NULL END
        ),
        DROP CONSTRAINT credit_of_what_was_not_held,
        ADD CONSTRAINT credit_of_what_was_not_held CHECK (
          (destination_seq IS NOT NULL) = (status = 'succeeded' AND hold_until IS NULL AND rail IS NULL)
        ),
        DROP CONSTRAINT unheld_states,
        ADD CONSTRAINT unheld_states CHECK (
          CASE WHEN rail IS NOT NULL THEN status IN ('processing', 'succeeded', 'failed') AND hold_until IS NULL
            WHEN hold_until IS NULL THEN status IN ('succeeded', 'failed')
            ELSE status <> 'processing' END
        ),
        DROP CONSTRAINT completed_holds,
        ADD CONSTRAINT completed_holds CHECK (
          (completed_at IS NOT NULL) = CASE WHEN rail IS NULL
            THEN hold_until IS NOT NULL AND status NOT IN ('requires_capture', 'failed')
            ELSE status <> 'processing' AND version > 1 END
        );
      -- Money on its way from a bank has no entry yet, by which the payments of an account are found.
      CREATE INDEX payments_destination_processing ON payments (destination_id, posted_at, id)
        WHERE status = 'processing';

      ALTER TABLE payment_operations ADD fee_seq bigint;
    `)

    await runner.query(`
      CREATE TYPE task_state AS ENUM ('ready', 'calling', 'unknown', 'pending', 'reported', 'exhausted', 'done');
      CREATE TYPE task_answer AS ENUM ('settled', 'declined');
      -- What is to be asked of the bank, one row a payment: written with the payment, in its transaction.
      CREATE TABLE payment_tasks (
        payment_id uuid PRIMARY KEY,
        state task_state NOT NULL DEFAULT 'ready',
        -- When something is to be done about it; while somebody does it, when that must be over.
        due_at timestamptz(3) NOT NULL,
        -- Requests to the bank.
        attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        -- What stands for the card at the bank; gone when the task is done.
        card_token text,
        -- Where somebody waits for the end.
        reply_to text,
        answer task_answer,
        -- The bank's id of what it did, or why it did not.
        reason text,
        last_error text,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT answers_of_what_is_known CHECK (
          CASE WHEN state = 'reported' THEN answer IS NOT NULL WHEN state = 'done' THEN true ELSE answer IS NULL END
        )
      ) WITH (fillfactor = 70);
      CREATE INDEX payment_tasks_due ON payment_tasks (due_at) WHERE state NOT IN ('exhausted', 'done');

      -- What was asked of the bank, and what it answered. Append-only.
      CREATE TABLE bank_calls (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        payment_id uuid NOT NULL,
        -- false: the bank was asked whether it had done it already.
        moves_money boolean NOT NULL,
        attempt integer NOT NULL,
        outcome text NOT NULL,
        detail text,
        started_at timestamptz(3) NOT NULL,
        duration_ms integer NOT NULL CHECK (duration_ms >= 0)
      );
      CREATE INDEX bank_calls_payment ON bank_calls (payment_id, id);
    `)

    await runner.query(`
      GRANT SELECT ON payment_tasks, bank_calls TO payments_reader, payments_worker, payments_monitor;
      GRANT INSERT ON payment_tasks, bank_calls TO payments_worker;
      GRANT UPDATE (state, due_at, attempts, card_token, answer, reason, last_error, updated_at) ON payment_tasks
        TO payments_worker;
      GRANT UPDATE (failure) ON payments TO payments_worker;
    `)
    await this.#openHouseAccounts(runner)
  }

  async #openHouseAccounts(runner: QueryRunner): Promise<void> {
    await runner.query(`INSERT INTO clients (id, name) VALUES ($1, '(house)')`, [HOUSE_CLIENT])
    const accounts = ISO_4217_CODES.flatMap((currency) =>
      HOUSE_ROLES.map((role) => ({ id: houseAccount(role, currency), currency, name: `${role} ${currency}` })),
    )
    const values = [
      accounts.map(({ id }) => id),
      accounts.map(({ currency }) => currency),
      accounts.map(({ name }) => name),
      HOUSE_CLIENT,
    ]
    await runner.query(
      `INSERT INTO accounts (id, client_id, kind, currency, external_id, fingerprint, created_at)
       SELECT id, $4, 'system', currency, name, '\\x00000000000000000000000000000000', now()
       FROM unnest($1::uuid[], $2::char(3)[], $3::text[]) AS t (id, currency, name)`,
      values,
    )
    await runner.query(
      `INSERT INTO account_balances (account_id, client_id, currency, min_available, updated_at)
       SELECT id, $3, currency, $4, now() FROM unnest($1::uuid[], $2::char(3)[]) AS t (id, currency)`,
      [values[0], values[1], HOUSE_CLIENT, MIN_AVAILABLE],
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM account_balances WHERE client_id = 0;
      DELETE FROM accounts WHERE client_id = 0;
      DELETE FROM clients WHERE id = 0;
      REVOKE UPDATE (failure) ON payments FROM payments_worker;
      DROP TABLE bank_calls, payment_tasks;
      DROP TYPE task_answer, task_state;
      ALTER TABLE payment_operations DROP fee_seq;
      DROP INDEX payments_destination_processing;
      ALTER TABLE payments
        DROP CONSTRAINT bank_parts,
        DROP CONSTRAINT fee_within_amount,
        DROP CONSTRAINT entries_of_what_did_not_fail,
        DROP CONSTRAINT credit_of_what_was_not_held,
        DROP CONSTRAINT unheld_states,
        DROP CONSTRAINT completed_holds,
        DROP rail,
        DROP fee,
        DROP bank,
        ADD CONSTRAINT entries_of_what_did_not_fail CHECK ((source_seq IS NOT NULL) = (status <> 'failed')),
        ADD CONSTRAINT credit_of_what_was_not_held CHECK (
          (destination_seq IS NOT NULL) = (status = 'succeeded' AND hold_until IS NULL)
        ),
        ADD CONSTRAINT unheld_states CHECK (hold_until IS NOT NULL OR status IN ('succeeded', 'failed')),
        ADD CONSTRAINT completed_holds CHECK (
          (completed_at IS NOT NULL) = (hold_until IS NOT NULL AND status NOT IN ('requires_capture', 'failed'))
        );
      DROP TYPE bank_rail;
    `)
  }
}
