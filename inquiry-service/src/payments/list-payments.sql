-- A piece of the payments that a client pays or receives, newest first.
--
-- $1 client int · $2 status payment_status, or null for all · $3 from, included, and $4 to, excluded, timestamptz ·
-- $5, $6 the piece lies below this (posted_at, id): timestamptz, uuid · $7 rows to look at, int
-- Returns, of the $7 newest rows in reach, those with the status, and the last of all (`ord` = $7) whatever its status:
-- it says where to go on. Fewer rows in reach: the list ends here. By payments_client and payments_counterparty, each
-- read no further than $7 rows. For the status `failed` the client's own are found by payments_client_failed, so that a
-- few declined ones among very many are found at once; one of the two is never run.
WITH own AS (
  SELECT * FROM payments
  WHERE $2::payment_status IS DISTINCT FROM 'failed'
    AND client_id = $1 AND (posted_at, id) < ($5::timestamptz, $6::uuid) AND posted_at >= $3 AND posted_at < $4
  ORDER BY posted_at DESC, id DESC
  LIMIT $7
), own_failed AS (
  SELECT * FROM payments
  WHERE $2 = 'failed' AND status = 'failed'
    AND client_id = $1 AND (posted_at, id) < ($5::timestamptz, $6::uuid) AND posted_at >= $3 AND posted_at < $4
  ORDER BY posted_at DESC, id DESC
  LIMIT $7
), theirs AS (
  SELECT * FROM payments
  WHERE counterparty_client_id = $1 AND counterparty_client_id <> client_id
    AND (posted_at, id) < ($5::timestamptz, $6::uuid) AND posted_at >= $3 AND posted_at < $4
  ORDER BY posted_at DESC, id DESC
  LIMIT $7
), reach AS (
  SELECT p.*, row_number() OVER (ORDER BY posted_at DESC, id DESC)::int AS ord
  FROM (SELECT * FROM own UNION ALL SELECT * FROM own_failed UNION ALL SELECT * FROM theirs) p
  ORDER BY posted_at DESC, id DESC
  LIMIT $7
)
SELECT ord, replace(id::text, '-', '') AS id, client_id, counterparty_client_id, unknown_destination, status, failure,
  source_id, destination_id, source_seq, destination_seq, amount, currency, reference, description, metadata,
  created_at, posted_at, version, hold_until, captured, refunded, completed_at, rail, fee, bank,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM reach
WHERE $2 IS NULL OR status = $2 OR ord = $7
ORDER BY ord
