-- How long wallet payments waited to be posted.
--
-- $1 from, included, and $2 to, excluded: timestamptz
-- Returns the 95th percentile in milliseconds from their acceptance to the beginning of the transaction that posted them.
-- And how many there are. Looks through the payments that were recorded since then.
SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM posted_at - created_at) * 1000)::float8 AS p95_ms,
  count(*)::int AS payments
FROM payments
WHERE rail IS NULL AND posted_at >= $1 AND created_at >= $1 AND created_at < $2
