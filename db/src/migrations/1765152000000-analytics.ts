import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What analytics keeps, in a schema of its own: it is made of the events, and nothing of the ledger depends on it. */
export class Analytics1765152000000 implements MigrationInterface {
  name = 'Analytics1765152000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA analytics;
      CREATE TABLE analytics.rollups (
        -- Of 'minute', 'hour' and 'day'.
        granularity text NOT NULL,
        -- When the bucket begins.
        at timestamptz(0) NOT NULL,
        -- 0: of no account that there is.
        client_id integer NOT NULL,
        -- The destination's id, where that is a merchant's account; else empty.
        merchant text NOT NULL,
        kind text NOT NULL,
        state text NOT NULL,
        currency text NOT NULL,
        -- The histogram's cell of the time from acceptance to this state; -1 for a state that is not final.
        latency smallint NOT NULL,
        count bigint NOT NULL,
        -- Minor units: their sum may be more than a bigint holds.
        volume numeric(40) NOT NULL,
        CONSTRAINT rollups_pkey PRIMARY KEY (granularity, at, client_id, merchant, kind, state, currency, latency)
      );
      -- What was counted, for as long as it can be told again. Its time comes first: what is new lies side by side.
      CREATE TABLE analytics.counted_events (
        at timestamptz(3) NOT NULL,
        key uuid NOT NULL,
        CONSTRAINT counted_events_pkey PRIMARY KEY (at, key)
      );
      -- How far each partition is counted.
      CREATE TABLE analytics.progress (
        partition integer NOT NULL,
        next_offset bigint NOT NULL,
        -- Of its newest event; null while it had none.
        event_at timestamptz(3),
        CONSTRAINT progress_pkey PRIMARY KEY (partition)
      );
    `)
    await runner.query(`
      GRANT USAGE ON SCHEMA analytics TO payments_events;
      GRANT SELECT, INSERT, UPDATE (count, volume), DELETE ON analytics.rollups TO payments_events;
      GRANT SELECT, INSERT, DELETE ON analytics.counted_events TO payments_events;
      GRANT SELECT, INSERT, UPDATE (next_offset, event_at) ON analytics.progress TO payments_events;
      -- Whether an account is a merchant's.
      GRANT SELECT (kind) ON accounts TO payments_events;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      REVOKE SELECT (kind) ON accounts FROM payments_events;
      DROP SCHEMA analytics CASCADE;
    `)
  }
}
