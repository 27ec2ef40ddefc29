-- A page of a client's own payments with one reference (order id), newest first: one that did not fail, and any number
-- that did.
--
-- $1 client int · $2 reference text · $3 status payment_status, or null for all · $4 account uuid, or null for all ·
-- $5 from, included, and $6 to, excluded, timestamptz · $7, $8 the page lies below this (posted_at, id): timestamptz,
-- uuid · $9 rows int
-- Returns the payments. By payments_reference and payments_reference_failed: MATERIALIZED keeps the planner from looking
-- through all of the client's failed payments instead.
WITH named AS MATERIALIZED (
  SELECT * FROM payments WHERE client_id = $1 AND reference = $2 AND status <> 'failed'
  UNION ALL
  SELECT * FROM payments WHERE client_id = $1 AND reference = $2 AND status = 'failed'
)
SELECT replace(id::text, '-', '') AS id, client_id, counterparty_client_id, unknown_destination, status, failure,
  source_id, destination_id, source_seq, destination_seq, amount, currency, reference, description, metadata,
  created_at, posted_at, version, hold_until, captured, refunded, completed_at, rail, fee, bank,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM named
WHERE ($3::payment_status IS NULL OR status = $3)
  AND ($4::uuid IS NULL OR source_id = $4 OR destination_id = $4)
  AND posted_at >= $5 AND posted_at < $6
  AND (posted_at, id) < ($7::timestamptz, $8::uuid)
ORDER BY named.posted_at DESC, named.id DESC
LIMIT $9
