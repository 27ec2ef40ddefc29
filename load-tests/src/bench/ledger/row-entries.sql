-- Row by row: a payment's debit and credit.
--
-- $1 source uuid, $2 its sequence, $3 its balance after · $4 to $6 the destination's · $7 payment uuid · $8 its client int ·
-- $9 amount bigint · $10 now timestamptz
INSERT INTO entries (account_id, seq, payment_id, kind, payment_client_id, amount, balance_after, created_at)
VALUES ($1, $2, $7, 'payment', $8, -$9::bigint, $3, $10), ($4, $5, $7, 'payment', $8, $9, $6, $10)
