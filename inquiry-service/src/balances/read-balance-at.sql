-- What an account held after one of its entries.
--
-- $1 account uuid · $2 the entry's sequence, 0 for before the first
-- Returns the account's owner and currency, and what was posted and held then, in minor units; no row for an account that is
-- not there. By the primary keys of account_balances and entries.
SELECT b.client_id, b.currency, coalesce(e.balance_after, 0) AS posted, coalesce(e.held_after, 0) AS held,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM account_balances b
LEFT JOIN entries e ON e.account_id = b.account_id AND e.seq = $2
WHERE b.account_id = $1
