-- What lies around a piece of an account's entries.
--
-- $1 account uuid · $2 the piece's first sequence and $3 one past its last, bigint; $3 may lie beyond the account's version
-- Returns the account's currency and version, what was posted before the piece and after it, in minor units, and the time of
-- its last entry; no row for an account that is not there. By the primary keys of account_balances and entries.
SELECT b.client_id, b.currency, least($3, b.version + 1) AS next_seq,
  coalesce(o.balance_after, 0) AS opening, coalesce(o.held_after, 0) AS opening_held,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM account_balances b
LEFT JOIN entries o ON o.account_id = b.account_id AND o.seq = $2 - 1
WHERE b.account_id = $1
