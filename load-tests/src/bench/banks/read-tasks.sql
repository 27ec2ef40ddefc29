-- What has become of a round's deposits, by the reference that the bank was given.
--
-- $1 reference text
-- Returns how many have succeeded, and the seconds from the first request that the bank has settled to
-- the last answer that was posted. Looks through the payments of the last hour.
SELECT count(*) FILTER (WHERE p.status = 'succeeded')::int AS succeeded,
  extract(epoch FROM max(p.completed_at) - min(c.started_at))::float8 AS seconds
FROM payments p
LEFT JOIN LATERAL (
  SELECT min(started_at) AS started_at FROM bank_calls WHERE payment_id = p.id AND outcome = 'settled'
) c ON true
WHERE p.rail = 'deposit' AND p.posted_at > now() - interval '1 hour' AND p.bank ->> 'reference' = $1
