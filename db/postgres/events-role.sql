-- The role of event-services, as superuser, connected to the database `payments`. Runs again and again: a cluster that was
-- made before there was this role gets it at its next start. In Compose it runs once, after roles.sql.
-- Parameter: its password, from the environment.
\getenv events_password PAYMENTS_EVENTS_PASSWORD

SET synchronous_commit = local;
SELECT set_config('payments.events_password', :'events_password', false);
-- Whatever listens to events: reads and writes what is its own, and nothing of the ledger.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments_events') THEN
    EXECUTE format('CREATE ROLE payments_events LOGIN PASSWORD %L', current_setting('payments.events_password'));
    ALTER ROLE payments_events SET lock_timeout = '10s';
    GRANT CONNECT ON DATABASE payments TO payments_events;
    GRANT USAGE ON SCHEMA public TO payments_events;
  END IF;
END
$$;
