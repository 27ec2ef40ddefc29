import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Clients and keys are made and changed by commands, as accounts are: by payment-worker, which records who asked. */
export class ClientsAndKeys1764374400000 implements MigrationInterface {
  name = 'ClientsAndKeys1764374400000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TYPE access_change_kind AS ENUM ('create_client', 'create_key', 'rotate_key', 'revoke_key');
      -- What was done to clients and keys. Append-only. Holds no secret, and no hash of one.
      CREATE TABLE access_changes (
        -- Derived from who asked and its Idempotency-Key.
        id uuid PRIMARY KEY,
        kind access_change_kind NOT NULL,
        -- The client that it is about, or whose key that is.
        client_id integer NOT NULL REFERENCES clients (id),
        key_id text REFERENCES api_keys (id),
        -- Of the key after it.
        key_version integer,
        reason text,
        -- Who asked for it.
        asked_by_client_id integer NOT NULL,
        asked_by_key_id text NOT NULL,
        fingerprint bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        posted_at timestamptz(3) NOT NULL,
        CONSTRAINT key_of_key_changes CHECK (
          (key_id IS NULL) = (kind = 'create_client') AND (key_version IS NULL) = (kind = 'create_client')
        )
      );
      CREATE INDEX access_changes_client ON access_changes (client_id, posted_at, id);
    `)
    await runner.query(`
      GRANT SELECT ON access_changes TO payments_reader, payments_worker, payments_monitor;
      GRANT INSERT ON access_changes, clients, api_keys TO payments_worker;
      GRANT SELECT ON api_keys TO payments_worker;
      GRANT UPDATE (secret_hash, version, revoked_at) ON api_keys TO payments_worker;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT, INSERT, UPDATE (secret_hash, version, revoked_at) ON api_keys FROM payments_worker;
      REVOKE INSERT ON clients FROM payments_worker;
      DROP TABLE access_changes;
      DROP TYPE access_change_kind;
    `)
  }
}
