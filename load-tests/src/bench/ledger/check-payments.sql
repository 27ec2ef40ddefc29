-- What a cell put into the ledger, each payment with its first entries: two, or the one of a hold.
--
-- $1 client int · $2 when the cell began timestamptz
-- Returns the numbers of payments that did not fail, that were declined for want of funds, that failed otherwise, of those
-- that lack an entry or have one that is not theirs, and of captures and refunds that succeeded and that failed. By
-- payments_client, payment_operations_payment and the primary key of entries.
SELECT
  count(*) FILTER (WHERE p.status <> 'failed')::int AS succeeded,
  count(*) FILTER (WHERE p.failure = 'insufficient_funds')::int AS declined,
  count(*) FILTER (WHERE p.status = 'failed' AND p.failure <> 'insufficient_funds')::int AS other,
  count(*) FILTER (WHERE p.status <> 'failed' AND NOT (
    d.payment_id IS NOT DISTINCT FROM p.id AND CASE
      WHEN p.hold_until IS NOT NULL THEN d.held = p.amount
      ELSE d.amount = -p.amount AND c.payment_id IS NOT DISTINCT FROM p.id AND c.amount = p.amount
    END
  ))::int AS unmatched,
  coalesce(sum(o.succeeded), 0)::int AS operations,
  coalesce(sum(o.failed), 0)::int AS failed_operations
FROM payments p
LEFT JOIN entries d ON d.account_id = p.source_id AND d.seq = p.source_seq
LEFT JOIN entries c ON c.account_id = p.destination_id AND c.seq = p.destination_seq
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE failure IS NULL) AS succeeded, count(*) FILTER (WHERE failure IS NOT NULL) AS failed
  FROM payment_operations
  WHERE payment_id = p.id
) o ON true
WHERE p.client_id = $1 AND p.posted_at >= $2
