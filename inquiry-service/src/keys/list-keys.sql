-- A page of keys, newest first, without their hashes.
--
-- $1 client int, null for all of them · $2, $3 the page lies below this (created_at, id): timestamptz, text · $4 rows int
-- Returns the keys, and where the node's log stood after the snapshot was taken. Sorts them: a cluster has some thousand.
SELECT id, client_id, scopes, limit_tier, signature_required, version, created_at, expires_at, revoked_at,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM api_keys
WHERE ($1::int IS NULL OR client_id = $1) AND (created_at, id) < ($2::timestamptz, $3)
ORDER BY created_at DESC, id DESC
LIMIT $4
