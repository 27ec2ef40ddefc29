-- What was recorded in a time and took no sequence of an account, so that its event is looked for by what it tells of:
-- payments that failed, at once or because a bank declined, refunds that failed (but for those that were refused because the payment was not their client's to
-- refund), blocks of accounts and changes of what they may spend, and what became of dead letters.
--
-- $1 from, $2 to: timestamptz · $3 limit int
-- Returns: kind; id (a uuid without dashes, a dead letter's as it is); revision after the change, null where there is none;
-- the client of a payment or an account. By payments_time and payment_operations_time.
SELECT kind, CASE WHEN kind = 'dead letter' THEN id ELSE replace(id, '-', '') END AS id, revision, client
FROM (
  SELECT 'payment' AS kind, id::text AS id, NULL::integer AS revision, client_id AS client FROM payments
  WHERE posted_at >= $1 AND posted_at < $2 AND status = 'failed' AND version = 1
  UNION ALL
  SELECT 'payment', o.payment_id::text, NULL, p.client_id FROM payment_operations o JOIN payments p ON p.id = o.payment_id
  WHERE o.posted_at >= $1 AND o.posted_at < $2 AND o.kind = 'decline' AND o.failure IS NULL
  UNION ALL
  SELECT 'refund', id::text, NULL, NULL FROM payment_operations
  WHERE posted_at >= $1 AND posted_at < $2 AND kind = 'refund' AND failure IS NOT NULL AND unknown_payment IS NULL
  UNION ALL
  SELECT 'account', account_id::text, revision, client_id FROM account_changes WHERE posted_at >= $1 AND posted_at < $2
  UNION ALL
  SELECT 'dead letter', letter_id, letter_version, NULL FROM dead_letter_changes
  WHERE posted_at >= $1 AND posted_at < $2
) told
LIMIT $3
