-- A piece of an account's statement, newest first, and the balance of the same snapshot.
--
-- $1 account uuid · $2 the piece lies below this sequence and $3 at or above this one, bigint · $4 direction int: 1 in,
-- -1 out, 0 both · $5 entries to look at, int
-- Returns the balance in every row, and of the $5 newest entries in reach those of the direction, and the last of all
-- (`ord` = $5) whatever its direction: it says where to go on. One row without an entry when none is in reach; no row
-- for an account that is not there. By the primary keys of account_balances and entries.
SELECT b.client_id, b.currency, b.posted, b.held, b.version,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn,
  e.ord, e.seq, replace(e.payment_id::text, '-', '') AS payment_id, e.payment_client_id, e.kind, e.amount,
  e.balance_after, e.held AS entry_held, e.held_after, e.created_at
FROM account_balances b
LEFT JOIN LATERAL (
  SELECT reach.*, row_number() OVER (ORDER BY seq DESC)::int AS ord
  FROM (
    SELECT * FROM entries
    WHERE account_id = $1 AND seq < $2 AND seq >= $3
    ORDER BY seq DESC
    LIMIT $5
  ) reach
) e ON $4 = 0 OR sign(e.amount) = $4 OR e.ord = $5
WHERE b.account_id = $1
ORDER BY e.ord
