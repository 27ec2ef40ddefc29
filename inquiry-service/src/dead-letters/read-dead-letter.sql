-- A dead letter with its payload.
--
-- $1 id text
-- Returns it, and where the node's log stood after the snapshot was taken. By primary key.
SELECT d.id, d.kind, d.state, d.reason, d.attempts, d.first_at, d.last_at, d.version, d.partition,
  d.log_offset::float8 AS "offset", replace(d.payment_id::text, '-', '') AS payment_id, p.client_id,
  coalesce(length(d.payload), 0) AS payload_bytes,
  d.resolved_at, d.resolved_by_client_id, d.resolved_by_key_id, d.resolution,
  d.key, d.payload,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM dead_letters d
LEFT JOIN payments p ON p.id = d.payment_id
WHERE d.id = $1
