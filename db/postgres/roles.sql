-- Roles of a fresh cluster, least rights each. Runs once, as superuser, connected to the database `payments`, before any
-- migration: psql runs it in Compose (docker-entrypoint-initdb.d), cluster/src/postgres/psql-script.ts natively.
-- Parameters: one password per role, from the environment. What each role may do to a table is granted by the
-- migrations, which own the tables.
\getenv owner_password PAYMENTS_OWNER_PASSWORD
\getenv worker_password PAYMENTS_WORKER_PASSWORD
\getenv reader_password PAYMENTS_READER_PASSWORD
\getenv monitor_password PAYMENTS_MONITOR_PASSWORD
\getenv replicator_password REPLICATOR_PASSWORD

-- No standby streams yet: waiting for one would wait for ever.
SET synchronous_commit = local;

-- Migrations and demo accounts. Owns the database and every table.
CREATE ROLE payments_owner LOGIN PASSWORD :'owner_password';
-- payment-worker: posts batches. No statement_timeout: it would end a COMMIT's wait for a standby, and PostgreSQL then
-- answers as if the commit were as durable as was asked for, with a warning.
CREATE ROLE payments_worker LOGIN PASSWORD :'worker_password';
ALTER ROLE payments_worker SET lock_timeout = '10s';
-- inquiry-service: reads, from replicas and within a budget from the primary.
CREATE ROLE payments_reader LOGIN PASSWORD :'reader_password';
-- A replica shows the timeline that it follows to this role alone.
GRANT pg_read_all_stats TO payments_reader;
ALTER ROLE payments_reader SET statement_timeout = '5s';
ALTER ROLE payments_reader SET default_transaction_read_only = on;
-- doctor, verify, metrics: sees every statistic and reads every table, changes nothing.
CREATE ROLE payments_monitor LOGIN PASSWORD :'monitor_password' IN ROLE pg_monitor, pg_read_all_data;
ALTER ROLE payments_monitor SET default_transaction_read_only = on;
-- The replicas.
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replicator_password' CONNECTION LIMIT 8;

ALTER DATABASE payments OWNER TO payments_owner;
REVOKE ALL ON DATABASE payments FROM PUBLIC;
GRANT CONNECT ON DATABASE payments TO payments_worker, payments_reader, payments_monitor;
ALTER SCHEMA public OWNER TO payments_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO payments_worker, payments_reader, payments_monitor;

CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
