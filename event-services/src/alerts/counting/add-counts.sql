-- What a batch adds to the counts, by rule, group and stretch of time.
--
-- $1 counters, $2 group keys: text[] · $3 beginnings of stretches timestamptz[] · $4 matched, $5 total: bigint[] · $6 evidence
-- of what matched, newest first jsonb[] · $7 until when they are looked at timestamptz[]
INSERT INTO alert_counts AS c (counter, group_key, bucket, matched, total, evidence, until)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::jsonb[], $7::timestamptz[])
ON CONFLICT (counter, group_key, bucket) DO UPDATE
SET
  matched = c.matched + excluded.matched,
  total = c.total + excluded.total,
  evidence = CASE WHEN excluded.matched > 0 THEN excluded.evidence ELSE c.evidence END,
  until = greatest(c.until, excluded.until)
