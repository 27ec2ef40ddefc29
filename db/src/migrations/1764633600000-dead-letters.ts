import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What could not be done, in one list: poison commands, and bank tasks whose attempts are used up. */
export class DeadLetters1764633600000 implements MigrationInterface {
  name = 'DeadLetters1764633600000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TYPE dead_letter_kind AS ENUM ('command', 'bank_task');
      CREATE TYPE dead_letter_state AS ENUM ('open', 'replayed', 'discarded');
      CREATE TABLE dead_letters (
        id text PRIMARY KEY,
        kind dead_letter_kind NOT NULL,
        state dead_letter_state NOT NULL DEFAULT 'open',
        -- Of the last attempt.
        reason text NOT NULL,
        attempts integer NOT NULL CHECK (attempts > 0),
        -- Of a command: where it stood in the log, with its key and its bytes.
        partition integer,
        log_offset bigint,
        key bytea,
        payload bytea,
        -- Of a bank task.
        payment_id uuid,
        first_at timestamptz(3) NOT NULL,
        last_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        resolved_at timestamptz(3),
        resolved_by_client_id integer,
        resolved_by_key_id text,
        resolution text,
        CONSTRAINT origin CHECK (
          (kind = 'command') = (partition IS NOT NULL) AND (kind = 'command') = (log_offset IS NOT NULL)
          AND (kind = 'bank_task') = (payment_id IS NOT NULL)
        ),
        CONSTRAINT resolved_by_somebody CHECK (
          (state = 'open') = (resolved_at IS NULL) AND (state = 'open') = (resolved_by_client_id IS NULL)
          AND (state = 'open') = (resolved_by_key_id IS NULL)
        )
      );
      CREATE INDEX dead_letters_newest ON dead_letters (first_at, id);

      CREATE TYPE dead_letter_change_kind AS ENUM ('replay', 'discard');
      -- What operators decided. Append-only.
      CREATE TABLE dead_letter_changes (
        -- Derived from who asked and its Idempotency-Key.
        id uuid PRIMARY KEY,
        letter_id text NOT NULL REFERENCES dead_letters (id),
        kind dead_letter_change_kind NOT NULL,
        -- Of the letter: its attempts before, and its version after it.
        attempts integer NOT NULL,
        letter_version integer NOT NULL,
        reason text,
        asked_by_client_id integer NOT NULL,
        asked_by_key_id text NOT NULL,
        fingerprint bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        posted_at timestamptz(3) NOT NULL
      );
      CREATE INDEX dead_letter_changes_letter ON dead_letter_changes (letter_id, posted_at);
    `)
    await runner.query(`
      GRANT SELECT ON dead_letters, dead_letter_changes TO payments_reader, payments_worker, payments_monitor;
      GRANT INSERT ON dead_letters, dead_letter_changes TO payments_worker;
      GRANT UPDATE (
        state, reason, attempts, last_at, version, resolved_at, resolved_by_client_id, resolved_by_key_id, resolution
      ) ON dead_letters TO payments_worker;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE dead_letter_changes, dead_letters;
      DROP TYPE dead_letter_change_kind, dead_letter_state, dead_letter_kind;
    `)
  }
}
