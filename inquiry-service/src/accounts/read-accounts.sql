-- Many accounts, without their balances.
--
-- $1 account ids uuid[]
-- Returns a row per account that is there. `lsn` is where the node's log stood after the snapshot was taken: at or past
-- every commit that the rows show. By primary key, twice.
SELECT replace(a.id::text, '-', '') AS id, a.client_id, a.kind, a.currency, b.status, a.external_id, a.metadata,
  a.created_at, a.revision,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM accounts a
JOIN account_balances b ON b.account_id = a.id
WHERE a.id = ANY ($1::uuid[])
