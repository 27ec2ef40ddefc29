-- What an account may spend.
--
-- $1 account uuid
-- Returns the account with its limits, and where the node's log stood after the snapshot was taken; no row for an account
-- that is not open, or the cluster's own. By primary keys.
SELECT a.client_id, a.currency, a.revision, -b.min_available AS overdraft, b.payment_limit AS per_payment,
  b.daily_limit AS per_day,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM accounts a
JOIN account_balances b ON b.account_id = a.id
WHERE a.id = $1 AND a.client_id > 0
