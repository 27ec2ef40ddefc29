import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Every event, in signed batches that form a chain (packages/platform/src/audit). Whoever writes it may insert and read,
 * and nothing else: what is in it stays as it is.
 */
export class AuditLog1764806400000 implements MigrationInterface {
  name = 'AuditLog1764806400000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_batches (
        number bigint PRIMARY KEY,
        first_seq bigint NOT NULL UNIQUE,
        count integer NOT NULL CHECK (count > 0),
        made_at timestamptz(3) NOT NULL,
        -- Unique: two batches that follow the same one would be two chains.
        previous_head bytea NOT NULL UNIQUE CHECK (length(previous_head) = 32),
        head bytea NOT NULL CHECK (length(head) = 32),
        signature bytea NOT NULL CHECK (length(signature) = 64),
        -- The records, compressed.
        content bytea NOT NULL
      );
      -- What a record is found by.
      CREATE TABLE audit_records (
        seq bigint PRIMARY KEY,
        batch bigint NOT NULL,
        -- The subject, a space, and of the event's id what follows the subject, or all of it. An event that is told again
        -- is one record; those of one subject lie side by side.
        key text NOT NULL UNIQUE,
        type text NOT NULL
      );
      -- Of what is rare. Whoever looks for a payment that succeeded finds one without an index.
      CREATE INDEX audit_records_type ON audit_records (type, seq)
        WHERE type NOT LIKE 'payment.%' AND type NOT LIKE 'refund.%';
    `)
    await runner.query(`
      GRANT SELECT ON audit_batches, audit_records TO payments_events, payments_reader, payments_monitor;
      GRANT INSERT ON audit_batches, audit_records TO payments_events;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_records, audit_batches')
  }
}
