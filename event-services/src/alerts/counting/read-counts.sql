-- The counts of groups over a time, oldest first.
--
-- $1 counters, $2 group keys: text[] · $3 from, $4 to, both included: timestamptz[]
--
-- Returns: counter, group_key, start_ms, matched, total, evidence
SELECT
  c.counter, c.group_key, (extract(epoch FROM c.bucket) * 1000)::float8 AS start_ms, c.matched::float8 AS matched,
  c.total::float8 AS total, c.evidence
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS asked (counter, group_key, from_at, to_at)
JOIN alert_counts c
  ON c.counter = asked.counter AND c.group_key = asked.group_key AND c.bucket BETWEEN asked.from_at AND asked.to_at
ORDER BY c.bucket
