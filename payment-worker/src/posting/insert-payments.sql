-- The payments of a batch, declined ones included, and all entries of the batch.
--
-- Payments: $1 ids uuid[] · $2 clients int[] · $3 counterparties int[] · $4 unknown destinations text[] ·
-- $5 statuses payment_status[] · $6 failures text[] · $7 sources uuid[] · $8 destinations uuid[] · $9 source sequences
-- bigint[] · $10 destination sequences bigint[] · $11 amounts bigint[] · $12 currencies char(3)[] · $13 references text[] ·
-- $14 descriptions text[] · $15 metadata json[] · $16 fingerprints bytea[] · $17 created at timestamptz[] ·
-- $18 holds until timestamptz[] · $19 the batch's time timestamptz
-- Entries: $20 accounts uuid[] · $21 sequences bigint[] · $22 payments uuid[] · $23 kinds entry_kind[] · $24 the payments'
-- clients int[] · $25 amounts bigint[] · $26 balances after bigint[] · $27 times timestamptz[] · $28 changes of what is
-- pending bigint[] · $29 what is pending after bigint[]
-- Fails on payments_pkey when another batch was first with one of them.
WITH p AS (
  INSERT INTO payments (
    id, client_id, counterparty_client_id, unknown_destination, status, failure, source_id, destination_id, source_seq,
    destination_seq, amount, currency, reference, description, metadata, fingerprint, created_at, hold_until, posted_at
  )
  SELECT t.*, $19::timestamptz
  FROM unnest(
    $1::uuid[], $2::int[], $3::int[], $4::text[], $5::payment_status[], $6::text[], $7::uuid[], $8::uuid[], $9::bigint[],
    $10::bigint[], $11::bigint[], $12::char(3)[], $13::text[], $14::text[], $15::json[], $16::bytea[],
    $17::timestamptz[], $18::timestamptz[]
  ) AS t
)
INSERT INTO entries (
  account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, created_at, held, held_after
)
SELECT t.*
FROM unnest(
  $20::uuid[], $21::bigint[], $22::uuid[], $23::entry_kind[], $24::int[], $25::bigint[], $26::bigint[],
  $27::timestamptz[], $28::bigint[], $29::bigint[]
) AS t
