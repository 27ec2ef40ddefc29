-- The payments of a batch, declined ones included, and their entries.
--
-- Payments: $1 ids uuid[] · $2 clients int[] · $3 counterparties int[] · $4 unknown destinations text[] ·
-- $5 statuses payment_status[] · $6 failures text[] · $7 sources uuid[] · $8 destinations uuid[] · $9 source sequences
-- bigint[] · $10 destination sequences bigint[] · $11 amounts bigint[] · $12 currencies char(3)[] · $13 references text[] ·
-- $14 descriptions text[] · $15 metadata json[] · $16 fingerprints bytea[] · $17 created at timestamptz[] ·
-- $18 the batch's time timestamptz
-- Entries: $19 accounts uuid[] · $20 sequences bigint[] · $21 payments uuid[] · $22 their clients int[] · $23 amounts
-- bigint[] · $24 balances after bigint[] · $25 times timestamptz[]
-- Fails on payments_pkey when another batch was first with one of them.
WITH p AS (
  INSERT INTO payments (
    id, client_id, counterparty_client_id, unknown_destination, status, failure, source_id, destination_id, source_seq,
    destination_seq, amount, currency, reference, description, metadata, fingerprint, created_at, posted_at
  )
  SELECT t.*, $18::timestamptz
  FROM unnest(
    $1::uuid[], $2::int[], $3::int[], $4::text[], $5::payment_status[], $6::text[], $7::uuid[], $8::uuid[], $9::bigint[],
    $10::bigint[], $11::bigint[], $12::char(3)[], $13::text[], $14::text[], $15::json[], $16::bytea[],
    $17::timestamptz[]
  ) AS t
)
INSERT INTO entries (account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, created_at)
SELECT account_id, seq, payment_id, 'payment', payment_client_id, amount, balance_after, created_at
FROM unnest($19::uuid[], $20::bigint[], $21::uuid[], $22::int[], $23::bigint[], $24::bigint[], $25::timestamptz[])
  AS t (account_id, seq, payment_id, payment_client_id, amount, balance_after, created_at)
