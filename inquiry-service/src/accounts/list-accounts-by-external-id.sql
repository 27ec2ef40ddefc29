-- As list-accounts.sql, of the accounts with one external id: a statement of its own, because a prepared one that leaves
-- the choice open looks through all of the client's accounts.
--
-- $1 client int · $2, $3 the page lies below this (created_at, id): timestamptz, uuid · $4 rows int · $5 external id text
-- Returns as list-accounts.sql does. By accounts_external_id, sorting the few accounts that have it.
WITH named AS MATERIALIZED (
  SELECT * FROM accounts WHERE client_id = $1 AND external_id = $5
)
SELECT replace(a.id::text, '-', '') AS id, a.client_id, a.kind, a.currency, b.status, a.external_id, a.metadata,
  a.created_at, a.revision,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM named a
JOIN account_balances b ON b.account_id = a.id
WHERE (a.created_at, a.id) < ($2::timestamptz, $3::uuid)
ORDER BY a.created_at DESC, a.id DESC
LIMIT $4
