-- The payments of a batch in which a bank has a part, failed ones included, and for each that waits what is to be asked of
-- the bank.
--
-- $1 ids uuid[] · $2 clients int[] · $3 counterparties int[] · $4 unknown destinations text[] · $5 statuses
-- payment_status[] · $6 failures text[] · $7 sources uuid[] · $8 destinations uuid[] · $9 source sequences bigint[] ·
-- $10 amounts bigint[] · $11 currencies char(3)[] · $12 descriptions text[] · $13 metadata json[] · $14 fingerprints
-- bytea[] · $15 created at timestamptz[] · $16 rails bank_rail[] · $17 commissions bigint[] · $18 bank's parts json[] ·
-- $19 cards' tokens text[] · $20 reply channels text[] · $21 the batch's time timestamptz
-- Fails on payments_pkey when another batch was first with one of them.
WITH given AS (
  SELECT *
  FROM unnest(
    $1::uuid[], $2::int[], $3::int[], $4::text[], $5::payment_status[], $6::text[], $7::uuid[], $8::uuid[], $9::bigint[],
    $10::bigint[], $11::char(3)[], $12::text[], $13::json[], $14::bytea[], $15::timestamptz[], $16::bank_rail[],
    $17::bigint[], $18::json[], $19::text[], $20::text[]
  ) AS t (
    id, client_id, counterparty_client_id, unknown_destination, status, failure, source_id, destination_id, source_seq,
    amount, currency, description, metadata, fingerprint, created_at, rail, fee, bank, card_token, reply_to
  )
), p AS (
  INSERT INTO payments (
    id, client_id, counterparty_client_id, unknown_destination, status, failure, source_id, destination_id, source_seq,
    amount, currency, description, metadata, fingerprint, created_at, rail, fee, bank, posted_at
  )
  SELECT id, client_id, counterparty_client_id, unknown_destination, status, failure, source_id, destination_id, source_seq,
    amount, currency, description, metadata, fingerprint, created_at, rail, fee, bank, $21::timestamptz
  FROM given
)
INSERT INTO payment_tasks (id, payment_id, due_at, card_token, reply_to, created_at, updated_at)
SELECT id, id, $21::timestamptz, card_token, reply_to, $21::timestamptz, $21::timestamptz
FROM given
WHERE status = 'processing'
