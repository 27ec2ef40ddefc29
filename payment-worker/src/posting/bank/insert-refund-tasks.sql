-- What is to be asked of the bank for refunds: each in the transaction that records it.
--
-- $1 refund ids uuid[] · $2 payment ids uuid[] · $3 reply channels text[] · $4 the batch's time timestamptz
INSERT INTO payment_tasks (id, payment_id, due_at, reply_to, created_at, updated_at)
SELECT id, payment_id, $4::timestamptz, reply_to, $4::timestamptz, $4::timestamptz
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t (id, payment_id, reply_to)
