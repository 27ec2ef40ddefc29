-- The operations of a batch, failed ones included.
--
-- $1 ids uuid[] · $2 payments uuid[] · $3 unknown payments text[] · $4 clients int[] · $5 kinds operation_kind[] ·
-- $6 failures text[] · $7 amounts bigint[] · $8 reasons text[] · $9 fingerprints bytea[] · $10 source sequences bigint[] ·
-- $11 destination sequences bigint[] · $12 the payments' versions after int[] · $13 refunded after bigint[] · $14 created
-- at timestamptz[] · $15 the batch's time timestamptz · $16 sequences of commissions bigint[] · $17 how refunds stand with
-- a bank refund_settlement[] · $18 refunds that a bank has answered uuid[]
-- Fails on payment_operations_pkey when another batch was first with one of them.
INSERT INTO payment_operations (
  id, payment_id, unknown_payment, client_id, kind, failure, amount, reason, fingerprint, source_seq, destination_seq,
  payment_version, refunded, created_at, fee_seq, settlement, refund_id, posted_at
)
SELECT t.*, $15::timestamptz
FROM unnest(
  $1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::operation_kind[], $6::text[], $7::bigint[], $8::text[],
  $9::bytea[], $10::bigint[], $11::bigint[], $12::int[], $13::bigint[], $14::timestamptz[], $16::bigint[],
  $17::refund_settlement[], $18::uuid[]
) AS t
