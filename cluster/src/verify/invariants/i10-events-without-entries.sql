-- I10: the events of what took no sequence of an account, so that they are looked for by what they tell of: payments that
-- failed, refunds that failed (but for those that were refused because the payment was not their client's to refund), blocks
-- of accounts and their ends, changes of what they may spend, and what became of dead letters.
--
-- $1 timestamptz: the ledger's time from which events are kept; null when all are · $2 limit, newest first
--
-- Returns: kind; id (a uuid without dashes, a dead letter's as it is); revision of an account or a dead letter after the
-- change, null for the others.
SELECT kind, CASE WHEN kind = 'dead letter' THEN id ELSE replace(id, '-', '') END AS id, revision
FROM (
  SELECT 'payment' AS kind, id::text, NULL::integer AS revision, posted_at FROM payments WHERE status = 'failed'
  UNION ALL
  SELECT 'refund', id::text, NULL, posted_at FROM payment_operations
  WHERE kind = 'refund' AND failure IS NOT NULL AND unknown_payment IS NULL
  UNION ALL
  SELECT 'account', account_id::text, revision, posted_at FROM account_changes
  UNION ALL
  SELECT 'dead letter', letter_id, letter_version, posted_at FROM dead_letter_changes
) told
WHERE $1::timestamptz IS NULL OR posted_at >= $1
ORDER BY posted_at DESC
LIMIT $2
