import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Comparisons of the ledger with the bank and with its own copies: their runs, what they found, and the bank's statements. */
export class Reconciliation1765065600000 implements MigrationInterface {
  name = 'Reconciliation1765065600000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TYPE reconciliation_kind AS ENUM ('statement', 'cache', 'replicas', 'events', 'offsets');
      CREATE TYPE reconciliation_state AS ENUM ('running', 'succeeded', 'failed');
      CREATE TYPE statement_source AS ENUM ('bank', 'file');
      CREATE TYPE difference_kind AS ENUM (
        'missing', 'extra', 'amount_differs', 'currency_differs', 'rail_differs', 'state_differs', 'bank_id_differs',
        'duplicate', 'cache_differs', 'replica_differs', 'replica_behind', 'event_missing', 'event_ahead',
        'log_truncated', 'commands_lost', 'unpublished', 'published_unposted'
      );
      CREATE TYPE difference_severity AS ENUM ('critical', 'major', 'minor');

      CREATE TABLE reconciliation_runs (
        id uuid PRIMARY KEY,
        kind reconciliation_kind NOT NULL,
        state reconciliation_state NOT NULL DEFAULT 'running',
        -- Of a statement, in UTC.
        day date,
        source statement_source,
        is_full boolean NOT NULL,
        -- Whether its lines are the statement of their day: those of the last run of it that succeeded.
        is_current boolean NOT NULL DEFAULT false,
        -- Null: the schedule.
        asked_by_client_id integer,
        asked_by_key_id text,
        -- By when its process has to have shown that it lives; then it is taken for dead.
        lease_until timestamptz(3) NOT NULL,
        checked bigint NOT NULL DEFAULT 0,
        found integer NOT NULL DEFAULT 0,
        opened integer NOT NULL DEFAULT 0,
        resolved integer NOT NULL DEFAULT 0,
        is_truncated boolean NOT NULL DEFAULT false,
        error text,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz(3),
        CONSTRAINT asked_by_somebody CHECK ((asked_by_client_id IS NULL) = (asked_by_key_id IS NULL)),
        CONSTRAINT current_statement CHECK (NOT is_current OR (kind = 'statement' AND state = 'succeeded')),
        CONSTRAINT finished_run CHECK ((state = 'running') = (finished_at IS NULL)),
        CONSTRAINT error_of_the_failed CHECK ((state = 'failed') = (error IS NOT NULL)),
        CONSTRAINT day_of_a_statement CHECK (
          (kind = 'statement') = (day IS NOT NULL) AND (day IS NULL) = (source IS NULL)
        )
      );
      -- One of a kind at a time, whoever starts it.
      CREATE UNIQUE INDEX reconciliation_runs_running ON reconciliation_runs (kind) WHERE state = 'running';
      CREATE UNIQUE INDEX reconciliation_runs_current ON reconciliation_runs (day) WHERE is_current;
      CREATE INDEX reconciliation_runs_of_kind ON reconciliation_runs (kind, created_at, id);

      -- How far each kind has come: what it continues from.
      CREATE TABLE reconciliation_watermarks (
        kind reconciliation_kind PRIMARY KEY,
        value jsonb NOT NULL,
        updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
      );

      CREATE TABLE reconciliation_differences (
        -- Derived from what it is about: one that is found again is the same.
        id uuid PRIMARY KEY,
        kind difference_kind NOT NULL,
        run_kind reconciliation_kind NOT NULL,
        severity difference_severity NOT NULL,
        subject text NOT NULL,
        day date,
        payment_id text,
        account_id text,
        expected text,
        found text,
        remedy text NOT NULL,
        first_seen timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        last_seen timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        resolved_at timestamptz(3),
        -- Counts how often it has come up.
        version integer NOT NULL DEFAULT 1,
        -- Of these the ones that are told of as events.
        told_version integer NOT NULL DEFAULT 0,
        run_id uuid NOT NULL
      );
      CREATE INDEX reconciliation_differences_newest ON reconciliation_differences (first_seen, id);
      CREATE INDEX reconciliation_differences_open ON reconciliation_differences (run_kind, day)
        WHERE resolved_at IS NULL;
      CREATE INDEX reconciliation_differences_untold ON reconciliation_differences (id) WHERE told_version < version;

      CREATE TABLE bank_statement_lines (
        run_id uuid NOT NULL,
        -- Of the file, from 1: the header is the first.
        line integer NOT NULL,
        -- The payment, or the refund of one; null for a line of which the cluster knows neither.
        movement_id uuid,
        bank_id text NOT NULL,
        idempotency_key text NOT NULL,
        type text NOT NULL,
        -- Minor units; negative leaves our account at the bank.
        amount minor_units NOT NULL,
        currency char(3) NOT NULL,
        settled_at timestamptz(3) NOT NULL,
        -- Whether the payment was still under way when the line was compared.
        is_pending boolean NOT NULL DEFAULT false,
        PRIMARY KEY (run_id, line)
      );
      CREATE INDEX bank_statement_lines_movement ON bank_statement_lines (movement_id) WHERE movement_id IS NOT NULL;
      CREATE INDEX bank_statement_lines_pending ON bank_statement_lines (movement_id) WHERE is_pending;

      -- What was recorded lately. Summaries of a megabyte each: they cost an insert nothing that can be measured.
      CREATE INDEX entries_time ON entries USING brin (created_at) WITH (autosummarize = on);
      CREATE INDEX payments_time ON payments USING brin (posted_at) WITH (autosummarize = on);
      CREATE INDEX payment_operations_time ON payment_operations USING brin (posted_at) WITH (autosummarize = on);
      CREATE INDEX payment_tasks_done ON payment_tasks (updated_at) WHERE state = 'done';
    `)
    await runner.query(`
      GRANT SELECT, INSERT ON reconciliation_runs, reconciliation_watermarks, reconciliation_differences,
        bank_statement_lines TO payments_events;
      GRANT UPDATE (
        state, is_current, lease_until, checked, found, opened, resolved, is_truncated, error, finished_at
      ) ON reconciliation_runs TO payments_events;
      GRANT UPDATE (value, updated_at) ON reconciliation_watermarks TO payments_events;
      GRANT UPDATE (
        severity, day, expected, found, remedy, last_seen, resolved_at, version, told_version, run_id
      ) ON reconciliation_differences TO payments_events;
      GRANT UPDATE (movement_id, is_pending) ON bank_statement_lines TO payments_events;
      -- What was kept for long enough, and lines of a statement that could not be read.
      GRANT DELETE ON reconciliation_runs, reconciliation_differences, bank_statement_lines TO payments_events;
      -- The ledger, to compare it. Not what stands for a card.
      GRANT SELECT ON payments, entries, account_balances, accounts, payment_operations, account_changes,
        dead_letter_changes, ledger_offsets TO payments_events;
      GRANT SELECT (payment_id, state, answer, reason, created_at, updated_at) ON payment_tasks TO payments_events;
      GRANT SELECT ON reconciliation_runs, reconciliation_watermarks, reconciliation_differences, bank_statement_lines
        TO payments_monitor;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT ON payments, entries, account_balances, payment_operations, account_changes, dead_letter_changes,
        ledger_offsets FROM payments_events;
      -- Of these it may see what it could see before.
      REVOKE SELECT ON accounts FROM payments_events;
      GRANT SELECT (id, client_id) ON accounts TO payments_events;
      REVOKE SELECT (payment_id, state, answer, reason, created_at, updated_at) ON payment_tasks FROM payments_events;
      DROP INDEX entries_time, payments_time, payment_operations_time, payment_tasks_done;
      DROP TABLE bank_statement_lines, reconciliation_differences, reconciliation_watermarks, reconciliation_runs;
      DROP TYPE difference_severity, difference_kind, statement_source, reconciliation_state, reconciliation_kind;
    `)
  }
}
