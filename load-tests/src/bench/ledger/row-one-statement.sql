-- A payment alone in one statement and one round trip: the least that one transaction a payment can cost. The rows are
-- locked in account order; the constraint on available funds refuses what must be declined.
--
-- $1 payment uuid · $2 source uuid · $3 destination uuid · $4 client int · $5 amount bigint · $6 currency · $7 fingerprint
-- bytea · $8 created timestamptz · $9 now timestamptz
WITH l AS MATERIALIZED (
  SELECT account_id, client_id, CASE account_id WHEN $2 THEN -$5::bigint ELSE $5 END AS amount
  FROM account_balances WHERE account_id IN ($2::uuid, $3::uuid) ORDER BY account_id FOR NO KEY UPDATE
), b AS (
  UPDATE account_balances b
  SET posted = b.posted + l.amount, version = b.version + 1, updated_at = greatest(b.updated_at, $9::timestamptz)
  FROM l WHERE b.account_id = l.account_id
  RETURNING b.account_id, b.client_id, b.posted, b.held, b.version, b.updated_at, l.amount
), e AS (
  INSERT INTO entries (account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, created_at, held_after)
  SELECT account_id, version, $1::uuid, 'payment', $4::int, amount, posted, updated_at, nullif(held, 0) FROM b
)
INSERT INTO payments (id, client_id, counterparty_client_id, status, source_id, destination_id, source_seq,
  destination_seq, amount, currency, fingerprint, created_at, posted_at)
SELECT $1, $4, d.client_id, 'succeeded', $2, $3, s.version, d.version, $5, $6, $7, $8, $9
FROM b s, b d WHERE s.account_id = $2 AND d.account_id = $3
