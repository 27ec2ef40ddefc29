-- A page of all clients, newest first, but for the cluster's own.
--
-- $1 the page lies below this number int · $2 rows int
-- Returns the clients, and where the node's log stood after the snapshot was taken. By primary key.
SELECT id, name, created_at,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM clients
WHERE id < $1 AND id > 0
ORDER BY id DESC
LIMIT $2
