-- The schema as the migrations leave it: the result to read, while db/src/migrations is what runs.
-- Made from PostgreSQL's catalog by `npm run schema:dump -w db`; a test keeps it equal to the migrations.

CREATE SCHEMA analytics;

CREATE TYPE access_change_kind AS ENUM ('create_client', 'create_key', 'rotate_key', 'revoke_key', 'set_terms');
CREATE TYPE account_change_kind AS ENUM ('block', 'unblock', 'limit');
CREATE TYPE account_kind AS ENUM ('customer', 'merchant', 'system');
CREATE TYPE account_status AS ENUM ('active', 'blocked');
CREATE TYPE alert_channel AS ENUM ('log', 'webhook', 'telegram');
CREATE TYPE alert_notice AS ENUM ('raised', 'escalated', 'repeated', 'resolved');
CREATE TYPE alert_notification_state AS ENUM ('pending', 'delivered', 'failed');
CREATE TYPE alert_severity AS ENUM ('info', 'warning', 'critical');
CREATE TYPE alert_state AS ENUM ('pending', 'firing', 'acknowledged', 'resolved');
CREATE TYPE bank_rail AS ENUM ('deposit', 'withdrawal', 'card');
CREATE TYPE dead_letter_change_kind AS ENUM ('replay', 'discard');
CREATE TYPE dead_letter_kind AS ENUM ('command', 'bank_task', 'event');
CREATE TYPE dead_letter_state AS ENUM ('open', 'replayed', 'discarded');
CREATE TYPE difference_kind AS ENUM ('missing', 'extra', 'amount_differs', 'currency_differs', 'rail_differs', 'state_differs', 'bank_id_differs', 'duplicate', 'cache_differs', 'replica_differs', 'replica_behind', 'event_missing', 'event_ahead', 'log_truncated', 'commands_lost', 'unpublished', 'published_unposted');
CREATE TYPE difference_severity AS ENUM ('critical', 'major', 'minor');
CREATE TYPE entry_kind AS ENUM ('payment', 'hold', 'capture', 'release', 'refund', 'deposit', 'withdrawal', 'card', 'fee');
CREATE TYPE operation_kind AS ENUM ('capture', 'cancel', 'expire', 'refund', 'settle', 'decline', 'settle_refund', 'decline_refund');
CREATE TYPE payment_status AS ENUM ('processing', 'requires_capture', 'succeeded', 'failed', 'canceled', 'expired');
CREATE TYPE reconciliation_kind AS ENUM ('statement', 'cache', 'replicas', 'events', 'offsets');
CREATE TYPE reconciliation_state AS ENUM ('running', 'succeeded', 'failed');
CREATE TYPE refund_settlement AS ENUM ('processing', 'settled', 'bank_declined', 'bank_unavailable');
CREATE TYPE statement_source AS ENUM ('bank', 'file');
CREATE TYPE task_answer AS ENUM ('settled', 'declined');
CREATE TYPE task_state AS ENUM ('ready', 'calling', 'unknown', 'pending', 'reported', 'exhausted', 'done');
CREATE TYPE webhook_delivery_state AS ENUM ('pending', 'delivered', 'failed', 'canceled');
CREATE TYPE webhook_disabled_reason AS ENUM ('client', 'failing', 'gone');

CREATE DOMAIN minor_units AS bigint
  CONSTRAINT minor_units_check CHECK (((VALUE >= '-9007199254740991'::bigint) AND (VALUE <= '9007199254740991'::bigint)));

CREATE TABLE access_changes (
  id uuid NOT NULL,
  kind access_change_kind NOT NULL,
  client_id integer NOT NULL,
  key_id text,
  key_version integer,
  reason text,
  asked_by_client_id integer NOT NULL,
  asked_by_key_id text NOT NULL,
  fingerprint bytea NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  posted_at timestamp(3) with time zone NOT NULL,
  terms jsonb,
  CONSTRAINT access_changes_pkey PRIMARY KEY (id),
  CONSTRAINT key_of_key_changes CHECK ((key_id IS NULL) = (kind = 'create_client'::access_change_kind OR terms IS NOT NULL) AND (key_id IS NULL) = (key_version IS NULL))
);

CREATE TABLE account_balances (
  account_id uuid NOT NULL,
  client_id integer NOT NULL,
  currency character(3) NOT NULL,
  status account_status DEFAULT 'active'::account_status NOT NULL,
  posted minor_units DEFAULT 0 NOT NULL,
  held minor_units DEFAULT 0 NOT NULL,
  min_available minor_units DEFAULT 0 NOT NULL,
  version bigint DEFAULT 0 NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  payment_limit minor_units,
  daily_limit minor_units,
  spent_on date,
  spent minor_units,
  CONSTRAINT account_balances_pkey PRIMARY KEY (account_id),
  CONSTRAINT account_balances_daily_limit_check CHECK (daily_limit::bigint >= 0),
  CONSTRAINT account_balances_held_check CHECK (held::bigint >= 0),
  CONSTRAINT account_balances_payment_limit_check CHECK (payment_limit::bigint >= 0),
  CONSTRAINT account_balances_spent_check CHECK (spent::bigint > 0),
  CONSTRAINT available_funds CHECK ((posted::bigint - held::bigint) >= min_available::bigint),
  CONSTRAINT spent_on_a_day CHECK ((spent IS NULL) = (spent_on IS NULL))
) WITH (
  autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_scale_factor = 0.02,
  fillfactor = 50
);

CREATE TABLE account_changes (
  id uuid NOT NULL,
  account_id uuid NOT NULL,
  client_id integer NOT NULL,
  kind account_change_kind NOT NULL,
  reason text NOT NULL,
  fingerprint bytea NOT NULL,
  revision integer NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  posted_at timestamp(3) with time zone NOT NULL,
  limits jsonb,
  asked_by_key_id text,
  CONSTRAINT account_changes_pkey PRIMARY KEY (id)
);

CREATE TABLE accounts (
  id uuid NOT NULL,
  client_id integer NOT NULL,
  kind account_kind NOT NULL,
  currency character(3) NOT NULL,
  external_id text,
  metadata json DEFAULT '{}'::json NOT NULL,
  fingerprint bytea NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  revision integer DEFAULT 1 NOT NULL,
  CONSTRAINT accounts_pkey PRIMARY KEY (id)
);

CREATE TABLE alert_counts (
  counter text NOT NULL,
  group_key text NOT NULL,
  bucket timestamp(3) with time zone NOT NULL,
  matched bigint NOT NULL,
  total bigint NOT NULL,
  evidence jsonb NOT NULL,
  until timestamp(3) with time zone NOT NULL,
  CONSTRAINT alert_counts_pkey PRIMARY KEY (counter, group_key, bucket)
);

CREATE TABLE alert_events (
  id text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  due_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT alert_events_pkey PRIMARY KEY (id)
);

CREATE TABLE alert_looks (
  name text NOT NULL,
  looked_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT alert_looks_pkey PRIMARY KEY (name)
);

CREATE TABLE alert_notifications (
  id uuid NOT NULL,
  alert_id uuid NOT NULL,
  number integer NOT NULL,
  channel alert_channel NOT NULL,
  notice alert_notice NOT NULL,
  body text NOT NULL,
  state alert_notification_state DEFAULT 'pending'::alert_notification_state NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  due_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  created_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  finished_at timestamp(3) with time zone,
  error text,
  CONSTRAINT alert_notifications_pkey PRIMARY KEY (id),
  CONSTRAINT alert_notifications_alert_id_number_channel_key UNIQUE (alert_id, number, channel),
  CONSTRAINT notification_finished CHECK ((state = 'pending'::alert_notification_state) = (finished_at IS NULL))
);

CREATE TABLE alert_silences (
  id uuid NOT NULL,
  rule text,
  severity alert_severity,
  labels jsonb NOT NULL,
  reason text NOT NULL,
  until timestamp(3) with time zone NOT NULL,
  created_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  created_by_client_id integer NOT NULL,
  created_by_key_id text NOT NULL,
  fingerprint bytea NOT NULL,
  CONSTRAINT alert_silences_pkey PRIMARY KEY (id)
);

CREATE TABLE alert_slices (
  partition integer NOT NULL,
  first_offset bigint NOT NULL,
  next_offset bigint NOT NULL,
  ids bytea NOT NULL,
  counted_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT alert_slices_pkey PRIMARY KEY (partition, first_offset)
);

CREATE TABLE alerts (
  id uuid NOT NULL,
  rule text NOT NULL,
  group_key text NOT NULL,
  labels jsonb NOT NULL,
  severity alert_severity NOT NULL,
  state alert_state NOT NULL,
  summary text NOT NULL,
  value double precision NOT NULL,
  count bigint NOT NULL,
  evidence jsonb NOT NULL,
  first_at timestamp(3) with time zone NOT NULL,
  last_at timestamp(3) with time zone NOT NULL,
  holds_since timestamp(3) with time zone NOT NULL,
  over_since timestamp(3) with time zone,
  fired_at timestamp(3) with time zone,
  escalation jsonb NOT NULL,
  repeat jsonb,
  notices integer DEFAULT 0 NOT NULL,
  next_notice_at timestamp(3) with time zone,
  acknowledged_at timestamp(3) with time zone,
  acknowledged_by_client_id integer,
  acknowledged_by_key_id text,
  comment text,
  resolved_at timestamp(3) with time zone,
  version integer DEFAULT 1 NOT NULL,
  CONSTRAINT alerts_pkey PRIMARY KEY (id),
  CONSTRAINT fired_unless_pending CHECK ((state = 'pending'::alert_state) = (fired_at IS NULL)),
  CONSTRAINT resolved_at_its_end CHECK ((state = 'resolved'::alert_state) = (resolved_at IS NOT NULL))
);

CREATE TABLE api_keys (
  id text NOT NULL,
  client_id integer NOT NULL,
  secret_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  limit_tier text NOT NULL,
  signature_required boolean DEFAULT false NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  expires_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  CONSTRAINT api_keys_pkey PRIMARY KEY (id),
  CONSTRAINT api_keys_secret_hash_check CHECK (octet_length(secret_hash) = 32)
);

CREATE TABLE audit_batches (
  number bigint NOT NULL,
  first_seq bigint NOT NULL,
  count integer NOT NULL,
  made_at timestamp(3) with time zone NOT NULL,
  previous_head bytea NOT NULL,
  head bytea NOT NULL,
  signature bytea NOT NULL,
  content bytea NOT NULL,
  CONSTRAINT audit_batches_pkey PRIMARY KEY (number),
  CONSTRAINT audit_batches_first_seq_key UNIQUE (first_seq),
  CONSTRAINT audit_batches_previous_head_key UNIQUE (previous_head),
  CONSTRAINT audit_batches_count_check CHECK (count > 0),
  CONSTRAINT audit_batches_head_check CHECK (length(head) = 32),
  CONSTRAINT audit_batches_previous_head_check CHECK (length(previous_head) = 32),
  CONSTRAINT audit_batches_signature_check CHECK (length(signature) = 64)
);

CREATE TABLE audit_records (
  seq bigint NOT NULL,
  batch bigint NOT NULL,
  key text NOT NULL,
  type text NOT NULL,
  CONSTRAINT audit_records_pkey PRIMARY KEY (seq),
  CONSTRAINT audit_records_key_key UNIQUE (key)
);

CREATE TABLE bank_calls (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  payment_id uuid NOT NULL,
  moves_money boolean NOT NULL,
  attempt integer NOT NULL,
  outcome text NOT NULL,
  detail text,
  started_at timestamp(3) with time zone NOT NULL,
  duration_ms integer NOT NULL,
  refund_id uuid,
  CONSTRAINT bank_calls_pkey PRIMARY KEY (id),
  CONSTRAINT bank_calls_duration_ms_check CHECK (duration_ms >= 0)
);

CREATE TABLE bank_statement_lines (
  run_id uuid NOT NULL,
  line integer NOT NULL,
  movement_id uuid,
  bank_id text NOT NULL,
  idempotency_key text NOT NULL,
  type text NOT NULL,
  amount minor_units NOT NULL,
  currency character(3) NOT NULL,
  settled_at timestamp(3) with time zone NOT NULL,
  is_pending boolean DEFAULT false NOT NULL,
  CONSTRAINT bank_statement_lines_pkey PRIMARY KEY (run_id, line)
);

CREATE TABLE client_limits (
  client_id integer NOT NULL,
  currency character(3) NOT NULL,
  payment_limit minor_units,
  daily_limit minor_units,
  spent_on date,
  spent minor_units,
  CONSTRAINT client_limits_pkey PRIMARY KEY (client_id, currency),
  CONSTRAINT client_limits_daily_limit_check CHECK (daily_limit::bigint >= 0),
  CONSTRAINT client_limits_payment_limit_check CHECK (payment_limit::bigint >= 0),
  CONSTRAINT client_limits_spent_check CHECK (spent::bigint > 0),
  CONSTRAINT client_spent_on_a_day CHECK ((spent IS NULL) = (spent_on IS NULL))
) WITH (
  fillfactor = 50
);

CREATE TABLE client_terms (
  client_id integer NOT NULL,
  deposit_bps integer,
  withdrawal_bps integer,
  card_bps integer,
  revision integer NOT NULL,
  CONSTRAINT client_terms_pkey PRIMARY KEY (client_id),
  CONSTRAINT client_terms_card_bps_check CHECK (card_bps >= 0 AND card_bps <= 10000),
  CONSTRAINT client_terms_deposit_bps_check CHECK (deposit_bps >= 0 AND deposit_bps <= 10000),
  CONSTRAINT client_terms_revision_check CHECK (revision > 0),
  CONSTRAINT client_terms_withdrawal_bps_check CHECK (withdrawal_bps >= 0 AND withdrawal_bps <= 10000)
);

CREATE TABLE clients (
  id integer GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  name text NOT NULL,
  created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
  CONSTRAINT clients_pkey PRIMARY KEY (id),
  CONSTRAINT clients_name_key UNIQUE (name)
);

CREATE TABLE dead_letter_changes (
  id uuid NOT NULL,
  letter_id text NOT NULL,
  kind dead_letter_change_kind NOT NULL,
  attempts integer NOT NULL,
  letter_version integer NOT NULL,
  reason text,
  asked_by_client_id integer NOT NULL,
  asked_by_key_id text NOT NULL,
  fingerprint bytea NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  posted_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT dead_letter_changes_pkey PRIMARY KEY (id)
);

CREATE TABLE dead_letters (
  id text NOT NULL,
  kind dead_letter_kind NOT NULL,
  state dead_letter_state DEFAULT 'open'::dead_letter_state NOT NULL,
  reason text NOT NULL,
  attempts integer NOT NULL,
  partition integer,
  log_offset bigint,
  key bytea,
  payload bytea,
  payment_id uuid,
  first_at timestamp(3) with time zone NOT NULL,
  last_at timestamp(3) with time zone NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  resolved_at timestamp(3) with time zone,
  resolved_by_client_id integer,
  resolved_by_key_id text,
  resolution text,
  CONSTRAINT dead_letters_pkey PRIMARY KEY (id),
  CONSTRAINT dead_letters_attempts_check CHECK (attempts > 0),
  CONSTRAINT origin CHECK ((kind = 'bank_task'::dead_letter_kind) = (partition IS NULL) AND (kind = 'bank_task'::dead_letter_kind) = (log_offset IS NULL) AND (kind = 'bank_task'::dead_letter_kind) = (payment_id IS NOT NULL)),
  CONSTRAINT resolved_by_somebody CHECK ((state = 'open'::dead_letter_state) = (resolved_at IS NULL) AND (state = 'open'::dead_letter_state) = (resolved_by_client_id IS NULL) AND (state = 'open'::dead_letter_state) = (resolved_by_key_id IS NULL))
);

CREATE TABLE entries (
  account_id uuid NOT NULL,
  seq bigint NOT NULL,
  payment_id uuid NOT NULL,
  kind entry_kind NOT NULL,
  payment_client_id integer NOT NULL,
  amount minor_units NOT NULL,
  balance_after minor_units NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  held minor_units,
  held_after minor_units,
  CONSTRAINT entries_pkey PRIMARY KEY (account_id, seq),
  CONSTRAINT entries_change_something CHECK (amount::bigint <> 0 OR held IS NOT NULL),
  CONSTRAINT held_after_is_positive CHECK (held_after::bigint > 0),
  CONSTRAINT held_changes CHECK (held::bigint <> 0)
);

CREATE TABLE ledger_offsets (
  topic text NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  CONSTRAINT ledger_offsets_pkey PRIMARY KEY (topic, partition)
) WITH (
  autovacuum_vacuum_cost_delay = 0,
  fillfactor = 20
);

CREATE TABLE payment_operations (
  id uuid NOT NULL,
  payment_id uuid NOT NULL,
  unknown_payment text,
  client_id integer NOT NULL,
  kind operation_kind NOT NULL,
  failure text,
  amount minor_units,
  reason text,
  fingerprint bytea NOT NULL,
  source_seq bigint,
  destination_seq bigint,
  payment_version integer,
  refunded minor_units,
  created_at timestamp(3) with time zone NOT NULL,
  posted_at timestamp(3) with time zone NOT NULL,
  fee_seq bigint,
  settlement refund_settlement,
  settled_at timestamp(3) with time zone,
  refund_id uuid,
  CONSTRAINT payment_operations_pkey PRIMARY KEY (id),
  CONSTRAINT payment_operations_amount_check CHECK (amount::bigint > 0),
  CONSTRAINT refunds_of_answers CHECK ((refund_id IS NOT NULL) = (kind = ANY (ARRAY['settle_refund'::operation_kind, 'decline_refund'::operation_kind]))),
  CONSTRAINT settlement_of_refunds CHECK (settlement IS NULL OR kind = 'refund'::operation_kind AND failure IS NULL),
  CONSTRAINT time_of_the_settled CHECK ((settled_at IS NOT NULL) = (settlement IS NOT NULL AND settlement <> 'processing'::refund_settlement)),
  CONSTRAINT version_of_the_succeeded CHECK ((payment_version IS NULL) = (failure IS NOT NULL))
);

CREATE TABLE payment_tasks (
  payment_id uuid NOT NULL,
  state task_state DEFAULT 'ready'::task_state NOT NULL,
  due_at timestamp(3) with time zone NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  card_token text,
  reply_to text,
  answer task_answer,
  reason text,
  last_error text,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  id uuid NOT NULL,
  CONSTRAINT payment_tasks_pkey PRIMARY KEY (id),
  CONSTRAINT answers_of_what_is_known CHECK (
CASE
    WHEN state = 'reported'::task_state THEN answer IS NOT NULL
    WHEN state = 'done'::task_state THEN true
    ELSE answer IS NULL
END),
  CONSTRAINT payment_tasks_attempts_check CHECK (attempts >= 0)
) WITH (
  fillfactor = 70
);

CREATE TABLE payments (
  id uuid NOT NULL,
  client_id integer NOT NULL,
  counterparty_client_id integer,
  unknown_destination text,
  status payment_status NOT NULL,
  failure text,
  source_id uuid NOT NULL,
  destination_id uuid NOT NULL,
  source_seq bigint,
  destination_seq bigint,
  amount minor_units NOT NULL,
  currency character(3) NOT NULL,
  reference text,
  description text,
  metadata json,
  fingerprint bytea NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  posted_at timestamp(3) with time zone NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  hold_until timestamp(3) with time zone,
  captured minor_units,
  refunded minor_units,
  completed_at timestamp(3) with time zone,
  rail bank_rail,
  fee minor_units,
  bank json,
  CONSTRAINT payments_pkey PRIMARY KEY (id),
  CONSTRAINT bank_parts CHECK ((rail IS NULL) = (fee IS NULL) AND (rail IS NULL) = (bank IS NULL)),
  CONSTRAINT captured_holds CHECK ((captured IS NOT NULL) = (hold_until IS NOT NULL AND status = 'succeeded'::payment_status)),
  CONSTRAINT captured_within_amount CHECK (captured::bigint >= 0 AND captured::bigint <= amount::bigint),
  CONSTRAINT completed_holds CHECK ((completed_at IS NOT NULL) =
CASE
    WHEN rail IS NULL THEN hold_until IS NOT NULL AND (status <> ALL (ARRAY['requires_capture'::payment_status, 'failed'::payment_status]))
    ELSE status <> 'processing'::payment_status AND version > 1
END),
  CONSTRAINT credit_of_what_was_not_held CHECK ((destination_seq IS NOT NULL) = (status = 'succeeded'::payment_status AND hold_until IS NULL AND rail IS NULL)),
  CONSTRAINT destination_owner CHECK ((counterparty_client_id IS NULL) = (unknown_destination IS NOT NULL)),
  CONSTRAINT entries_of_what_did_not_fail CHECK (
CASE
    WHEN rail IS NULL THEN (source_seq IS NOT NULL) = (status <> 'failed'::payment_status)
    WHEN rail = 'withdrawal'::bank_rail THEN (source_seq IS NOT NULL) = (status <> 'failed'::payment_status OR version > 1)
    ELSE source_seq IS NULL
END),
  CONSTRAINT failure_of_the_failed CHECK ((failure IS NOT NULL) = (status = 'failed'::payment_status)),
  CONSTRAINT fee_within_amount CHECK (fee::bigint >= 0 AND fee::bigint <= amount::bigint),
  CONSTRAINT payments_amount_check CHECK (amount::bigint > 0),
  CONSTRAINT refunded_within_captured CHECK (refunded::bigint >= 0 AND refunded::bigint <= COALESCE(captured, amount)::bigint),
  CONSTRAINT unheld_states CHECK (
CASE
    WHEN rail IS NOT NULL THEN (status = ANY (ARRAY['processing'::payment_status, 'succeeded'::payment_status, 'failed'::payment_status])) AND hold_until IS NULL
    WHEN hold_until IS NULL THEN status = ANY (ARRAY['succeeded'::payment_status, 'failed'::payment_status])
    ELSE status <> 'processing'::payment_status
END)
);

CREATE TABLE reconciliation_differences (
  id uuid NOT NULL,
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
  first_seen timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  last_seen timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  resolved_at timestamp(3) with time zone,
  version integer DEFAULT 1 NOT NULL,
  told_version integer DEFAULT 0 NOT NULL,
  run_id uuid NOT NULL,
  CONSTRAINT reconciliation_differences_pkey PRIMARY KEY (id)
);

CREATE TABLE reconciliation_runs (
  id uuid NOT NULL,
  kind reconciliation_kind NOT NULL,
  state reconciliation_state DEFAULT 'running'::reconciliation_state NOT NULL,
  day date,
  source statement_source,
  is_full boolean NOT NULL,
  is_current boolean DEFAULT false NOT NULL,
  asked_by_client_id integer,
  asked_by_key_id text,
  lease_until timestamp(3) with time zone NOT NULL,
  checked bigint DEFAULT 0 NOT NULL,
  found integer DEFAULT 0 NOT NULL,
  opened integer DEFAULT 0 NOT NULL,
  resolved integer DEFAULT 0 NOT NULL,
  is_truncated boolean DEFAULT false NOT NULL,
  error text,
  created_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  finished_at timestamp(3) with time zone,
  CONSTRAINT reconciliation_runs_pkey PRIMARY KEY (id),
  CONSTRAINT asked_by_somebody CHECK ((asked_by_client_id IS NULL) = (asked_by_key_id IS NULL)),
  CONSTRAINT current_statement CHECK (NOT is_current OR kind = 'statement'::reconciliation_kind AND state = 'succeeded'::reconciliation_state),
  CONSTRAINT day_of_a_statement CHECK ((kind = 'statement'::reconciliation_kind) = (day IS NOT NULL) AND (day IS NULL) = (source IS NULL)),
  CONSTRAINT error_of_the_failed CHECK ((state = 'failed'::reconciliation_state) = (error IS NOT NULL)),
  CONSTRAINT finished_run CHECK ((state = 'running'::reconciliation_state) = (finished_at IS NULL))
);

CREATE TABLE reconciliation_watermarks (
  kind reconciliation_kind NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT reconciliation_watermarks_pkey PRIMARY KEY (kind)
);

CREATE TABLE webhook_attempts (
  delivery_id uuid NOT NULL,
  number integer NOT NULL,
  started_at timestamp(3) with time zone NOT NULL,
  duration_ms integer NOT NULL,
  url text NOT NULL,
  address text,
  request_headers jsonb NOT NULL,
  status integer,
  response_headers jsonb,
  response_body text,
  error text,
  CONSTRAINT webhook_attempts_pkey PRIMARY KEY (delivery_id, number)
);

CREATE TABLE webhook_deliveries (
  id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_id text NOT NULL,
  event_type text NOT NULL,
  body text NOT NULL,
  state webhook_delivery_state DEFAULT 'pending'::webhook_delivery_state NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  attempts_before integer DEFAULT 0 NOT NULL,
  run integer DEFAULT 0 NOT NULL,
  due_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  created_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  finished_at timestamp(3) with time zone,
  CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
  CONSTRAINT finished_unless_pending CHECK ((state = 'pending'::webhook_delivery_state) = (finished_at IS NULL))
);

CREATE TABLE webhook_endpoints (
  id uuid NOT NULL,
  client_id integer NOT NULL,
  url text NOT NULL,
  events text[],
  description text,
  disabled_at timestamp(3) with time zone,
  disabled_reason webhook_disabled_reason,
  failing_since timestamp(3) with time zone,
  secret_version integer DEFAULT 1 NOT NULL,
  old_secrets jsonb DEFAULT '[]'::jsonb NOT NULL,
  fingerprint bytea NOT NULL,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL,
  deleted_at timestamp(3) with time zone,
  CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id),
  CONSTRAINT disabled_for_a_reason CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);

CREATE TABLE analytics.counted_events (
  at timestamp(3) with time zone NOT NULL,
  key uuid NOT NULL,
  CONSTRAINT counted_events_pkey PRIMARY KEY (at, key)
);

CREATE TABLE analytics.progress (
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  event_at timestamp(3) with time zone,
  CONSTRAINT progress_pkey PRIMARY KEY (partition)
);

CREATE TABLE analytics.rollups (
  granularity text NOT NULL,
  at timestamp(0) with time zone NOT NULL,
  client_id integer NOT NULL,
  merchant text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  currency text NOT NULL,
  latency smallint NOT NULL,
  count bigint NOT NULL,
  volume numeric(40,0) NOT NULL,
  CONSTRAINT rollups_pkey PRIMARY KEY (granularity, at, client_id, merchant, kind, state, currency, latency)
);

ALTER TABLE access_changes ADD CONSTRAINT access_changes_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(id);
ALTER TABLE access_changes ADD CONSTRAINT access_changes_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(id);
ALTER TABLE account_balances ADD CONSTRAINT account_balances_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id);
ALTER TABLE account_changes ADD CONSTRAINT account_changes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id);
ALTER TABLE accounts ADD CONSTRAINT accounts_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(id);
ALTER TABLE alert_notifications ADD CONSTRAINT alert_notifications_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts(id) ON DELETE CASCADE;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(id);
ALTER TABLE client_limits ADD CONSTRAINT client_limits_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(id);
ALTER TABLE client_terms ADD CONSTRAINT client_terms_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(id);
ALTER TABLE dead_letter_changes ADD CONSTRAINT dead_letter_changes_letter_id_fkey FOREIGN KEY (letter_id) REFERENCES dead_letters(id);
ALTER TABLE webhook_attempts ADD CONSTRAINT webhook_attempts_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries(id) ON DELETE CASCADE;
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id);
ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients(id);

CREATE INDEX access_changes_client ON access_changes USING btree (client_id, posted_at, id);
CREATE INDEX account_changes_account ON account_changes USING btree (account_id, posted_at, id);
CREATE INDEX accounts_client ON accounts USING btree (client_id, created_at DESC, id DESC);
CREATE INDEX accounts_external_id ON accounts USING btree (client_id, external_id) WHERE (external_id IS NOT NULL);
CREATE INDEX alert_counts_until ON alert_counts USING btree (until);
CREATE INDEX alert_events_due ON alert_events USING btree (due_at);
CREATE INDEX alert_notifications_due ON alert_notifications USING btree (channel, due_at) WHERE (state = 'pending'::alert_notification_state);
CREATE INDEX alert_silences_created ON alert_silences USING btree (created_at, id);
CREATE INDEX alert_silences_until ON alert_silences USING btree (until);
CREATE INDEX alerts_fired ON alerts USING btree (fired_at, id);
CREATE INDEX alerts_next_notice ON alerts USING btree (next_notice_at) WHERE (next_notice_at IS NOT NULL);
CREATE UNIQUE INDEX alerts_open ON alerts USING btree (rule, group_key) WHERE (resolved_at IS NULL);
CREATE INDEX alerts_resolved ON alerts USING btree (resolved_at) WHERE (resolved_at IS NOT NULL);
CREATE INDEX api_keys_client ON api_keys USING btree (client_id);
CREATE INDEX audit_records_type ON audit_records USING btree (type, seq) WHERE ((type !~~ 'payment.%'::text) AND (type !~~ 'refund.%'::text));
CREATE INDEX bank_calls_payment ON bank_calls USING btree (payment_id, id);
CREATE INDEX bank_statement_lines_movement ON bank_statement_lines USING btree (movement_id) WHERE (movement_id IS NOT NULL);
CREATE INDEX bank_statement_lines_pending ON bank_statement_lines USING btree (movement_id) WHERE is_pending;
CREATE INDEX dead_letter_changes_letter ON dead_letter_changes USING btree (letter_id, posted_at);
CREATE INDEX dead_letters_newest ON dead_letters USING btree (first_at, id);
CREATE INDEX entries_time ON entries USING brin (created_at) WITH (autosummarize='on');
CREATE INDEX payment_operations_payment ON payment_operations USING btree (payment_id, posted_at, id);
CREATE INDEX payment_operations_time ON payment_operations USING brin (posted_at) WITH (autosummarize='on');
CREATE INDEX payment_tasks_done ON payment_tasks USING btree (updated_at) WHERE (state = 'done'::task_state);
CREATE INDEX payment_tasks_due ON payment_tasks USING btree (due_at) WHERE (state <> ALL (ARRAY['exhausted'::task_state, 'done'::task_state]));
CREATE INDEX payment_tasks_payment ON payment_tasks USING btree (payment_id);
CREATE INDEX payments_client ON payments USING btree (client_id, posted_at, id);
CREATE INDEX payments_client_failed ON payments USING btree (client_id, posted_at, id) WHERE (status = 'failed'::payment_status);
CREATE INDEX payments_counterparty ON payments USING btree (counterparty_client_id, posted_at, id) WHERE (counterparty_client_id <> client_id);
CREATE INDEX payments_destination_failed ON payments USING btree (destination_id, posted_at, id) WHERE (status = 'failed'::payment_status);
CREATE INDEX payments_destination_processing ON payments USING btree (destination_id, posted_at, id) WHERE (status = 'processing'::payment_status);
CREATE INDEX payments_holds ON payments USING btree (hold_until) WHERE (status = 'requires_capture'::payment_status);
CREATE UNIQUE INDEX payments_reference ON payments USING btree (client_id, reference) WHERE ((reference IS NOT NULL) AND (status <> 'failed'::payment_status));
CREATE INDEX payments_reference_failed ON payments USING btree (client_id, reference) WHERE ((reference IS NOT NULL) AND (status = 'failed'::payment_status));
CREATE INDEX payments_source_failed ON payments USING btree (source_id, posted_at, id) WHERE (status = 'failed'::payment_status);
CREATE INDEX payments_time ON payments USING brin (posted_at) WITH (autosummarize='on');
CREATE INDEX reconciliation_differences_newest ON reconciliation_differences USING btree (first_seen, id);
CREATE INDEX reconciliation_differences_open ON reconciliation_differences USING btree (run_kind, day) WHERE (resolved_at IS NULL);
CREATE INDEX reconciliation_differences_untold ON reconciliation_differences USING btree (id) WHERE (told_version < version);
CREATE UNIQUE INDEX reconciliation_runs_current ON reconciliation_runs USING btree (day) WHERE is_current;
CREATE INDEX reconciliation_runs_of_kind ON reconciliation_runs USING btree (kind, created_at, id);
CREATE UNIQUE INDEX reconciliation_runs_running ON reconciliation_runs USING btree (kind) WHERE (state = 'running'::reconciliation_state);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries USING btree (endpoint_id, due_at) WHERE (state = 'pending'::webhook_delivery_state);
CREATE INDEX webhook_deliveries_finished ON webhook_deliveries USING btree (finished_at) WHERE (state <> 'pending'::webhook_delivery_state);
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries USING btree (endpoint_id, created_at, id);
CREATE INDEX webhook_endpoints_of_client ON webhook_endpoints USING btree (client_id, created_at, id) WHERE (deleted_at IS NULL);

GRANT USAGE ON SCHEMA analytics TO payments_events;

GRANT SELECT ON access_changes TO payments_monitor;
GRANT SELECT ON access_changes TO payments_reader;
GRANT INSERT, SELECT ON access_changes TO payments_worker;
GRANT SELECT ON account_balances TO payments_events;
GRANT SELECT ON account_balances TO payments_monitor;
GRANT SELECT ON account_balances TO payments_reader;
GRANT INSERT, SELECT, UPDATE ON account_balances TO payments_worker;
GRANT SELECT ON account_changes TO payments_events;
GRANT SELECT ON account_changes TO payments_monitor;
GRANT SELECT ON account_changes TO payments_reader;
GRANT INSERT, SELECT ON account_changes TO payments_worker;
GRANT SELECT, SELECT (id, client_id, kind) ON accounts TO payments_events;
GRANT SELECT ON accounts TO payments_monitor;
GRANT SELECT ON accounts TO payments_reader;
GRANT INSERT, SELECT, UPDATE (revision) ON accounts TO payments_worker;
GRANT DELETE, INSERT, SELECT, UPDATE (matched, total, evidence, until) ON alert_counts TO payments_events;
GRANT SELECT ON alert_counts TO payments_monitor;
GRANT DELETE, INSERT, SELECT, UPDATE (due_at) ON alert_events TO payments_events;
GRANT SELECT ON alert_events TO payments_monitor;
GRANT INSERT, SELECT, UPDATE (looked_at) ON alert_looks TO payments_events;
GRANT SELECT ON alert_looks TO payments_monitor;
GRANT DELETE, INSERT, SELECT, UPDATE (state, attempts, due_at, finished_at, error) ON alert_notifications TO payments_events;
GRANT SELECT ON alert_notifications TO payments_monitor;
GRANT DELETE, INSERT, SELECT, UPDATE (until) ON alert_silences TO payments_events;
GRANT SELECT ON alert_silences TO payments_monitor;
GRANT DELETE, INSERT, SELECT ON alert_slices TO payments_events;
GRANT SELECT ON alert_slices TO payments_monitor;
GRANT DELETE, INSERT, SELECT, UPDATE (state, summary, value, count, evidence, last_at, holds_since, over_since, fired_at, notices, next_notice_at, acknowledged_at, acknowledged_by_client_id, acknowledged_by_key_id, comment, resolved_at, version) ON alerts TO payments_events;
GRANT SELECT ON alerts TO payments_monitor;
GRANT SELECT ON api_keys TO payments_reader;
GRANT INSERT, SELECT, UPDATE (secret_hash, version, revoked_at) ON api_keys TO payments_worker;
GRANT INSERT, SELECT ON audit_batches TO payments_events;
GRANT SELECT ON audit_batches TO payments_monitor;
GRANT SELECT ON audit_batches TO payments_reader;
GRANT INSERT, SELECT ON audit_records TO payments_events;
GRANT SELECT ON audit_records TO payments_monitor;
GRANT SELECT ON audit_records TO payments_reader;
GRANT SELECT ON bank_calls TO payments_monitor;
GRANT SELECT ON bank_calls TO payments_reader;
GRANT INSERT, SELECT ON bank_calls TO payments_worker;
GRANT DELETE, INSERT, SELECT, UPDATE (movement_id, is_pending) ON bank_statement_lines TO payments_events;
GRANT SELECT ON bank_statement_lines TO payments_monitor;
GRANT SELECT ON client_limits TO payments_monitor;
GRANT SELECT ON client_limits TO payments_reader;
GRANT INSERT, SELECT, UPDATE ON client_limits TO payments_worker;
GRANT SELECT ON client_terms TO payments_monitor;
GRANT SELECT ON client_terms TO payments_reader;
GRANT INSERT, SELECT, UPDATE ON client_terms TO payments_worker;
GRANT SELECT ON clients TO payments_monitor;
GRANT SELECT ON clients TO payments_reader;
GRANT INSERT, SELECT ON clients TO payments_worker;
GRANT SELECT ON dead_letter_changes TO payments_events;
GRANT SELECT ON dead_letter_changes TO payments_monitor;
GRANT SELECT ON dead_letter_changes TO payments_reader;
GRANT INSERT, SELECT ON dead_letter_changes TO payments_worker;
GRANT INSERT, SELECT (state) ON dead_letters TO payments_events;
GRANT SELECT ON dead_letters TO payments_monitor;
GRANT SELECT ON dead_letters TO payments_reader;
GRANT INSERT, SELECT, UPDATE (state, reason, attempts, last_at, version, resolved_at, resolved_by_client_id, resolved_by_key_id, resolution) ON dead_letters TO payments_worker;
GRANT SELECT ON entries TO payments_events;
GRANT SELECT ON entries TO payments_monitor;
GRANT SELECT ON entries TO payments_reader;
GRANT INSERT, SELECT ON entries TO payments_worker;
GRANT SELECT ON ledger_offsets TO payments_events;
GRANT SELECT ON ledger_offsets TO payments_monitor;
GRANT INSERT, SELECT, UPDATE ON ledger_offsets TO payments_worker;
GRANT SELECT ON payment_operations TO payments_events;
GRANT SELECT ON payment_operations TO payments_monitor;
GRANT SELECT ON payment_operations TO payments_reader;
GRANT INSERT, SELECT, UPDATE (settlement, settled_at) ON payment_operations TO payments_worker;
GRANT SELECT (payment_id, state, answer, reason, created_at, updated_at, id) ON payment_tasks TO payments_events;
GRANT SELECT ON payment_tasks TO payments_monitor;
GRANT SELECT ON payment_tasks TO payments_reader;
GRANT INSERT, SELECT, UPDATE (state, due_at, attempts, card_token, answer, reason, last_error, updated_at) ON payment_tasks TO payments_worker;
GRANT SELECT ON payments TO payments_events;
GRANT SELECT ON payments TO payments_monitor;
GRANT SELECT ON payments TO payments_reader;
GRANT INSERT, SELECT, UPDATE (status, failure, version, captured, refunded, completed_at) ON payments TO payments_worker;
GRANT DELETE, INSERT, SELECT, UPDATE (severity, day, expected, found, remedy, last_seen, resolved_at, version, told_version, run_id) ON reconciliation_differences TO payments_events;
GRANT SELECT ON reconciliation_differences TO payments_monitor;
GRANT DELETE, INSERT, SELECT, UPDATE (state, is_current, lease_until, checked, found, opened, resolved, is_truncated, error, finished_at) ON reconciliation_runs TO payments_events;
GRANT SELECT ON reconciliation_runs TO payments_monitor;
GRANT INSERT, SELECT, UPDATE (value, updated_at) ON reconciliation_watermarks TO payments_events;
GRANT SELECT ON reconciliation_watermarks TO payments_monitor;
GRANT INSERT, SELECT ON webhook_attempts TO payments_events;
GRANT SELECT ON webhook_attempts TO payments_monitor;
GRANT DELETE, INSERT, SELECT, UPDATE (state, attempts, attempts_before, run, due_at, finished_at) ON webhook_deliveries TO payments_events;
GRANT SELECT ON webhook_deliveries TO payments_monitor;
GRANT INSERT, SELECT, UPDATE (url, events, description, disabled_at, disabled_reason, failing_since, secret_version, old_secrets, version, deleted_at) ON webhook_endpoints TO payments_events;
GRANT SELECT ON webhook_endpoints TO payments_monitor;
GRANT DELETE, INSERT, SELECT ON analytics.counted_events TO payments_events;
GRANT INSERT, SELECT, UPDATE (next_offset, event_at) ON analytics.progress TO payments_events;
GRANT DELETE, INSERT, SELECT, UPDATE (count, volume) ON analytics.rollups TO payments_events;
