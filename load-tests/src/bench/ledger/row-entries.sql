-- Row by row: a payment's debit and credit.
--
-- $1 source uuid, $2 its sequence, $3 its balance after, $4 what is pending after, null for nothing · $5 to $8 the
-- destination's · $9 payment uuid · $10 its client int · $11 amount bigint · $12 now timestamptz
INSERT INTO entries (account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, held_after, created_at)
VALUES
  ($1, $2, $9, 'payment', $10, -$11::bigint, $3, $4, $12),
  ($5, $6, $9, 'payment', $10, $11, $7, $8, $12)
