-- A page of dead letters, newest first, without their payloads.
--
-- $1 kind dead_letter_kind, $2 state dead_letter_state: null for all of them · $3, $4 the page lies below this (first_at,
-- id): timestamptz, text · $5 rows int
-- Returns the letters, and where the node's log stood after the snapshot was taken. By dead_letters_newest.
SELECT d.id, d.kind, d.state, d.reason, d.attempts, d.first_at, d.last_at, d.version, d.partition,
  d.log_offset::float8 AS "offset", replace(d.payment_id::text, '-', '') AS payment_id, p.client_id,
  coalesce(length(d.payload), 0) AS payload_bytes,
  d.resolved_at, d.resolved_by_client_id, d.resolved_by_key_id, d.resolution,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM dead_letters d
LEFT JOIN payments p ON p.id = d.payment_id
WHERE ($1::dead_letter_kind IS NULL OR d.kind = $1) AND ($2::dead_letter_state IS NULL OR d.state = $2)
  AND (d.first_at, d.id) < ($3::timestamptz, $4)
ORDER BY d.first_at DESC, d.id DESC
LIMIT $5
