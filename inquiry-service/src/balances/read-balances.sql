-- The balances of many accounts.
--
-- $1 account ids uuid[]
-- Returns a row per account that is there. `lsn` is where the node's log stood after the snapshot was taken: at or past
-- every commit that the rows show. By primary key.
SELECT replace(account_id::text, '-', '') AS id, client_id, currency, posted, held, version,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM account_balances
WHERE account_id = ANY ($1::uuid[])
