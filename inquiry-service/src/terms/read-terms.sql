-- What a client may spend, and what a bank's services cost it.
--
-- $1 client int
-- Returns the client's terms, null or 0 where nothing has been said of them; its limits as json, by currency; and where the
-- node's log stood after the snapshot was taken. No row for a client that there is not, or the cluster itself. By primary
-- keys.
SELECT t.deposit_bps AS deposit, t.withdrawal_bps AS withdrawal, t.card_bps AS card, coalesce(t.revision, 0) AS revision,
  coalesce(
    (
      SELECT json_agg(
        json_build_object('currency', l.currency, 'per_payment', l.payment_limit, 'per_day', l.daily_limit)
        ORDER BY l.currency
      )
      FROM client_limits l
      WHERE l.client_id = c.id AND (l.payment_limit IS NOT NULL OR l.daily_limit IS NOT NULL)
    ),
    '[]'
  ) AS limits,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM clients c
LEFT JOIN client_terms t ON t.client_id = c.id
WHERE c.id = $1 AND c.id > 0
