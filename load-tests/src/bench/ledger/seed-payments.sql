-- A piece of the ledger's past, as batches would have posted it: payments numbered $1 to $2, the first $3 of which fund the
-- customers; the others go round customers and merchants, one minor unit each. Sequences and balances follow from the number,
-- so that the pieces need not look at each other. Balances are brought up to date by seed-balances.sql.
--
-- $1 first number bigint · $2 last number bigint · $3 customers bigint · $4 merchants bigint · $5 what a customer is funded
-- with, bigint · $6 client that owns customers and merchants int · $7 client of the funding account int
WITH numbered AS (
  SELECT n, n <= $3 AS funds, n - $3 - 1 AS k FROM generate_series($1::bigint, $2::bigint) n
), made AS MATERIALIZED (
  SELECT md5('payment ' || n)::uuid AS id, CASE WHEN funds THEN $7::int ELSE $6::int END AS client_id,
    CASE WHEN funds THEN md5('funding') ELSE md5('customer ' || 1 + k % $3) END::uuid AS source_id,
    CASE WHEN funds THEN md5('customer ' || n) ELSE md5('merchant ' || 1 + k % $4) END::uuid AS destination_id,
    CASE WHEN funds THEN n ELSE 2 + k / $3 END AS source_seq,
    CASE WHEN funds THEN 1 ELSE 1 + k / $4 END AS destination_seq,
    CASE WHEN funds THEN $5::bigint ELSE 1 END AS amount,
    CASE WHEN funds THEN -n * $5 ELSE $5 - 1 - k / $3 END AS source_after,
    CASE WHEN funds THEN $5 ELSE 1 + k / $4 END AS destination_after,
    timestamptz '2026-01-01' + n * interval '1 millisecond' AS at
  FROM numbered
), p AS (
  INSERT INTO payments (id, client_id, counterparty_client_id, status, source_id, destination_id, source_seq,
    destination_seq, amount, currency, fingerprint, created_at, posted_at)
  SELECT id, client_id, $6, 'succeeded', source_id, destination_id, source_seq, destination_seq, amount, 'USD', '\x00',
    at, at
  FROM made
)
INSERT INTO entries (account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, created_at)
SELECT source_id, source_seq, id, 'payment'::entry_kind, client_id, -amount, source_after, at FROM made
UNION ALL
SELECT destination_id, destination_seq, id, 'payment', client_id, amount, destination_after, at FROM made
