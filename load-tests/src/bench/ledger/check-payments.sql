-- What a cell put into the ledger, each payment with its two entries.
--
-- $1 client int · $2 when the cell began timestamptz
-- Returns the numbers of payments that succeeded, that were declined for want of funds, that ended otherwise, and of those
-- that lack an entry or have one that is not theirs. By payments_client and the primary key of entries.
SELECT
  count(*) FILTER (WHERE p.status = 'succeeded')::int AS succeeded,
  count(*) FILTER (WHERE p.failure = 'insufficient_funds')::int AS declined,
  count(*) FILTER (WHERE p.status = 'failed' AND p.failure <> 'insufficient_funds')::int AS other,
  count(*) FILTER (WHERE p.status = 'succeeded' AND NOT (
    d.payment_id IS NOT DISTINCT FROM p.id AND d.amount = -p.amount
    AND c.payment_id IS NOT DISTINCT FROM p.id AND c.amount = p.amount
  ))::int AS unmatched
FROM payments p
LEFT JOIN entries d ON d.account_id = p.source_id AND d.seq = p.source_seq
LEFT JOIN entries c ON c.account_id = p.destination_id AND c.seq = p.destination_seq
WHERE p.client_id = $1 AND p.posted_at >= $2
