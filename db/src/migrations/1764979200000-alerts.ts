import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What rules have counted, the alerts that they raised, who was told, and what nobody is to be told of. */
export class Alerts1764979200000 implements MigrationInterface {
  name = 'Alerts1764979200000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Which events have been counted: slices of partitions, with a digest of each event's id.
      CREATE TABLE alert_slices (
        partition integer NOT NULL,
        first_offset bigint NOT NULL,
        next_offset bigint NOT NULL,
        -- 8 bytes for each event that a rule has counted.
        ids bytea NOT NULL,
        counted_at timestamptz(3) NOT NULL,
        PRIMARY KEY (partition, first_offset)
      );

      -- How many events a rule has counted, by group and by a stretch of their time.
      CREATE TABLE alert_counts (
        -- A digest of what the rule counts: a rule that counts something else begins anew.
        counter text NOT NULL,
        group_key text NOT NULL,
        bucket timestamptz(3) NOT NULL,
        matched bigint NOT NULL,
        total bigint NOT NULL,
        -- The newest that matched.
        evidence jsonb NOT NULL,
        -- When no window reaches back to it any more.
        until timestamptz(3) NOT NULL,
        PRIMARY KEY (counter, group_key, bucket)
      );
      CREATE INDEX alert_counts_until ON alert_counts (until);

      -- When whom had its turn at looking at the cluster.
      CREATE TABLE alert_looks (
        name text PRIMARY KEY,
        looked_at timestamptz(3) NOT NULL
      );

      CREATE TYPE alert_severity AS ENUM ('info', 'warning', 'critical');
      CREATE TABLE alert_silences (
        id uuid PRIMARY KEY,
        rule text,
        severity alert_severity,
        labels jsonb NOT NULL,
        reason text NOT NULL,
        until timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        created_by_client_id integer NOT NULL,
        created_by_key_id text NOT NULL,
        fingerprint bytea NOT NULL
      );
      CREATE INDEX alert_silences_created ON alert_silences (created_at, id);
      CREATE INDEX alert_silences_until ON alert_silences (until);

      -- Pending: its condition holds, and not for long enough yet.
      CREATE TYPE alert_state AS ENUM ('pending', 'firing', 'acknowledged', 'resolved');
      CREATE TABLE alerts (
        id uuid PRIMARY KEY,
        rule text NOT NULL,
        group_key text NOT NULL,
        labels jsonb NOT NULL,
        severity alert_severity NOT NULL,
        state alert_state NOT NULL,
        summary text NOT NULL,
        value double precision NOT NULL,
        count bigint NOT NULL,
        evidence jsonb NOT NULL,
        first_at timestamptz(3) NOT NULL,
        last_at timestamptz(3) NOT NULL,
        -- Since when its condition holds, and since when it does not.
        holds_since timestamptz(3) NOT NULL,
        over_since timestamptz(3),
        fired_at timestamptz(3),
        -- The rule's, as it was when it fired: [{"afterMs": 0, "notify": ["log"]}].
        escalation jsonb NOT NULL,
        repeat jsonb,
        -- How often somebody was told, and when that is due again.
        notices integer NOT NULL DEFAULT 0,
        next_notice_at timestamptz(3),
        acknowledged_at timestamptz(3),
        acknowledged_by_client_id integer,
        acknowledged_by_key_id text,
        comment text,
        resolved_at timestamptz(3),
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT resolved_at_its_end CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
        CONSTRAINT fired_unless_pending CHECK ((state = 'pending') = (fired_at IS NULL))
      );
      CREATE UNIQUE INDEX alerts_open ON alerts (rule, group_key) WHERE resolved_at IS NULL;
      CREATE INDEX alerts_fired ON alerts (fired_at, id);
      CREATE INDEX alerts_next_notice ON alerts (next_notice_at) WHERE next_notice_at IS NOT NULL;
      CREATE INDEX alerts_resolved ON alerts (resolved_at) WHERE resolved_at IS NOT NULL;

      CREATE TYPE alert_notice AS ENUM ('raised', 'escalated', 'repeated', 'resolved');
      CREATE TYPE alert_channel AS ENUM ('log', 'webhook', 'telegram');
      CREATE TYPE alert_notification_state AS ENUM ('pending', 'delivered', 'failed');
      CREATE TABLE alert_notifications (
        id uuid PRIMARY KEY,
        alert_id uuid NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        -- Of the alert's notices, and where it goes.
        number integer NOT NULL,
        channel alert_channel NOT NULL,
        notice alert_notice NOT NULL,
        -- The alert as it was then.
        body text NOT NULL,
        state alert_notification_state NOT NULL DEFAULT 'pending',
        attempts integer NOT NULL DEFAULT 0,
        -- When it is to be sent; while it is being sent, when it is taken for not sent.
        due_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz(3),
        error text,
        UNIQUE (alert_id, number, channel),
        CONSTRAINT notification_finished CHECK ((state = 'pending') = (finished_at IS NULL))
      );
      CREATE INDEX alert_notifications_due ON alert_notifications (channel, due_at) WHERE state = 'pending';

      -- Events that are to be published, once they are committed here.
      CREATE TABLE alert_events (
        id text PRIMARY KEY,
        subject text NOT NULL,
        body text NOT NULL,
        due_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX alert_events_due ON alert_events (due_at);
    `)
    await runner.query(`
      GRANT SELECT, INSERT, DELETE ON alert_slices, alert_counts, alert_silences, alerts, alert_notifications, alert_events
        TO payments_events;
      GRANT SELECT, INSERT ON alert_looks TO payments_events;
      GRANT UPDATE (matched, total, evidence, until) ON alert_counts TO payments_events;
      GRANT UPDATE (looked_at) ON alert_looks TO payments_events;
      GRANT UPDATE (until) ON alert_silences TO payments_events;
      GRANT UPDATE (
        state, summary, value, count, evidence, last_at, holds_since, over_since, fired_at, notices, next_notice_at,
        acknowledged_at, acknowledged_by_client_id, acknowledged_by_key_id, comment, resolved_at, version
      ) ON alerts TO payments_events;
      GRANT UPDATE (state, attempts, due_at, finished_at, error) ON alert_notifications TO payments_events;
      GRANT UPDATE (due_at) ON alert_events TO payments_events;
      GRANT SELECT ON alert_slices, alert_counts, alert_looks, alert_silences, alerts, alert_notifications, alert_events
        TO payments_monitor;
    `)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE alert_events, alert_notifications, alerts, alert_silences, alert_looks, alert_counts, alert_slices;
      DROP TYPE alert_notification_state, alert_channel, alert_notice, alert_state, alert_severity;
    `)
  }
}
