-- A page of a client's accounts, newest first.
--
-- $1 client int · $2, $3 the page lies below this (created_at, id): timestamptz, uuid · $4 rows int
-- Returns the accounts, and where the node's log stood after the snapshot was taken. By accounts_client.
SELECT replace(a.id::text, '-', '') AS id, a.client_id, a.kind, a.currency, b.status, a.external_id, a.metadata,
  a.created_at, a.revision,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM accounts a
JOIN account_balances b ON b.account_id = a.id
WHERE a.client_id = $1
  AND (a.created_at, a.id) < ($2::timestamptz, $3::uuid)
ORDER BY a.created_at DESC, a.id DESC
LIMIT $4
