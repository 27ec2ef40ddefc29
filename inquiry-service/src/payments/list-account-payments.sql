-- A piece of the payments of one account, newest first: those that moved or held money, found by the account's entries,
-- and those without one: that failed, or that a bank is still to bring.
--
-- $1 account uuid · $2 with those that have entries, boolean · $3 their entries lie below this sequence and $4 at or above
-- this one, bigint · $5 with those without, boolean · $6 from, included, and $7 to, excluded, timestamptz ·
-- $8, $9 they lie below this (posted_at, id): timestamptz, uuid · $10 rows of either to look at, int · $11 a status that
-- they have, or null
-- Returns payments; `seq` is the account's sequence, null for those without an entry. A withdrawal that a bank declined is
-- one that failed, though it held money. Of one millisecond, those with an entry come first, in the order of their
-- sequence, so that both kinds go on where a page ended. A payment is found by its first entry on the account: what captures
-- of a hold and refunds added later is passed over. Every row says how many entries were looked at (`scanned`) and the
-- sequence of the last of them (`reached`); with $10 of them there may be more, and payments without an entry before that
-- one are left for the next page. One row without a payment when there is none.
-- By the primary keys of entries and payments, payments_source_failed, payments_destination_failed and
-- payments_destination_processing, each read no further than $10 rows.
WITH reach AS (
  SELECT payment_id, seq, kind, amount, created_at FROM entries
  WHERE $2 AND account_id = $1 AND seq < $3 AND seq >= $4
  ORDER BY seq DESC
  LIMIT $10
), moved AS (
  SELECT p.*, e.created_at AS at, e.seq
  FROM reach e
  JOIN payments p ON p.id = e.payment_id
  WHERE (e.kind IN ('payment', 'hold') OR (e.kind IN ('capture', 'deposit', 'card') AND e.amount > 0))
    AND p.status <> 'failed' AND ($11::payment_status IS NULL OR p.status = $11)
), sent AS (
  SELECT p.*, posted_at AS at, NULL::bigint AS seq FROM payments p
  WHERE $5 AND $11 IS DISTINCT FROM 'processing' AND source_id = $1 AND status = 'failed'
    AND posted_at >= $6 AND posted_at < $7 AND (posted_at, id) < ($8::timestamptz, $9::uuid)
  ORDER BY posted_at DESC, id DESC
  LIMIT $10
), received AS (
  SELECT p.*, posted_at AS at, NULL::bigint AS seq FROM payments p
  WHERE $5 AND $11 IS DISTINCT FROM 'processing' AND destination_id = $1 AND source_id <> $1
    AND status = 'failed' AND posted_at >= $6 AND posted_at < $7 AND (posted_at, id) < ($8::timestamptz, $9::uuid)
  ORDER BY posted_at DESC, id DESC
  LIMIT $10
), coming AS (
  SELECT p.*, posted_at AS at, NULL::bigint AS seq FROM payments p
  WHERE $5 AND $11 IS DISTINCT FROM 'failed' AND destination_id = $1 AND status = 'processing'
    AND posted_at >= $6 AND posted_at < $7 AND (posted_at, id) < ($8::timestamptz, $9::uuid)
  ORDER BY posted_at DESC, id DESC
  LIMIT $10
)
SELECT replace(id::text, '-', '') AS id, client_id, counterparty_client_id, unknown_destination, status, failure,
  source_id, destination_id, source_seq, destination_seq, amount, currency, reference, description, metadata,
  created_at, posted_at, version, hold_until, captured, refunded, completed_at, rail, fee, bank, seq, scanned, reached,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM (SELECT count(*)::int AS scanned, min(seq) AS reached, min(created_at) AS reached_at FROM reach) looked
LEFT JOIN (
  SELECT * FROM moved
  UNION ALL SELECT * FROM sent
  UNION ALL SELECT * FROM received
  UNION ALL SELECT * FROM coming
) page
  ON page.seq IS NOT NULL OR looked.scanned < $10 OR page.at > looked.reached_at
ORDER BY page.at DESC, page.seq DESC NULLS LAST, page.id DESC
LIMIT $10
