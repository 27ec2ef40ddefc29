import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Where clients are told of what happens, what they are told, and each attempt at telling them. */
export class Webhooks1764892800000 implements MigrationInterface {
  name = 'Webhooks1764892800000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TYPE webhook_disabled_reason AS ENUM ('client', 'failing', 'gone');
      CREATE TABLE webhook_endpoints (
        id uuid PRIMARY KEY,
        client_id integer NOT NULL REFERENCES clients (id),
        url text NOT NULL,
        -- Null: all types.
        events text[],
        description text,
        disabled_at timestamptz(3),
        disabled_reason webhook_disabled_reason,
        -- The first failure after which nothing was delivered.
        failing_since timestamptz(3),
        secret_version integer NOT NULL DEFAULT 1,
        -- Earlier ones that sign as well: [{"version": 1, "until": "…"}].
        old_secrets jsonb NOT NULL DEFAULT '[]',
        fingerprint bytea NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        -- A deleted one keeps its id: the Idempotency-Key that made it makes no other.
        deleted_at timestamptz(3),
        CONSTRAINT disabled_for_a_reason CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
      );
      CREATE INDEX webhook_endpoints_of_client ON webhook_endpoints (client_id, created_at, id) WHERE deleted_at IS NULL;

      CREATE TYPE webhook_delivery_state AS ENUM ('pending', 'delivered', 'failed', 'canceled');
      CREATE TABLE webhook_deliveries (
        -- Derived from the endpoint and the event: an event that is told again is one delivery.
        id uuid PRIMARY KEY,
        endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id),
        event_id text NOT NULL,
        event_type text NOT NULL,
        body text NOT NULL,
        state webhook_delivery_state NOT NULL DEFAULT 'pending',
        -- That were begun, of all times it was sent; and of these the ones before it was sent again.
        attempts integer NOT NULL DEFAULT 0,
        attempts_before integer NOT NULL DEFAULT 0,
        -- Counts how often it was sent again by hand.
        run integer NOT NULL DEFAULT 0,
        -- When it is to be sent; while it is being sent, when it is taken for not sent.
        due_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz(3),
        CONSTRAINT finished_unless_pending CHECK ((state = 'pending') = (finished_at IS NULL))
      );
      CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at) WHERE state = 'pending';
      CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, created_at, id);
      CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE state <> 'pending';

      CREATE TABLE webhook_attempts (
        delivery_id uuid NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
        number integer NOT NULL,
        started_at timestamptz(3) NOT NULL,
        duration_ms integer NOT NULL,
        url text NOT NULL,
        -- That the request was sent to.
        address text,
        request_headers jsonb NOT NULL,
        status integer,
        response_headers jsonb,
        response_body text,
        error text,
        PRIMARY KEY (delivery_id, number)
      );
    `)
    await runner.query(`
      GRANT SELECT, INSERT ON webhook_endpoints, webhook_deliveries, webhook_attempts TO payments_events;
      GRANT UPDATE (
        url, events, description, disabled_at, disabled_reason, failing_since, secret_version, old_secrets, version,
        deleted_at
      ) ON webhook_endpoints TO payments_events;
      GRANT UPDATE (state, attempts, attempts_before, run, due_at, finished_at) ON webhook_deliveries TO payments_events;
      -- What was kept for long enough.
      GRANT DELETE ON webhook_deliveries TO payments_events;
      -- Whose an account is.
      GRANT SELECT (id, client_id) ON accounts TO payments_events;
      -- How many are open.
      GRANT SELECT (state) ON dead_letters TO payments_events;
      GRANT SELECT ON webhook_endpoints, webhook_deliveries, webhook_attempts TO payments_monitor;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT (id, client_id) ON accounts FROM payments_events;
      REVOKE SELECT (state) ON dead_letters FROM payments_events;
      DROP TABLE webhook_attempts, webhook_deliveries, webhook_endpoints;
      DROP TYPE webhook_delivery_state, webhook_disabled_reason;
    `)
  }
}
