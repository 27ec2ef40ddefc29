-- Entries of an account, oldest first, each with its payment's reference.
--
-- $1 account uuid · $2 the first sequence, and $3 one past the last, bigint
-- By the primary keys of entries and payments: LIMIT keeps each look-up of a payment a probe of the index, whatever the
-- planner thinks of how many there are.
SELECT e.seq, replace(e.payment_id::text, '-', '') AS payment_id, e.payment_client_id, e.kind, e.amount, e.balance_after,
  e.held, e.held_after, e.created_at, p.reference
FROM entries e
LEFT JOIN LATERAL (SELECT reference FROM payments WHERE id = e.payment_id LIMIT 1) p ON true
WHERE e.account_id = $1 AND e.seq >= $2 AND e.seq < $3
ORDER BY e.seq
