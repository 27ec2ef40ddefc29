-- Writes down what a run has found: what is new, what is there still, and what has come up again.
--
-- $1 run uuid · $2 run kind · by difference: $3 ids uuid[] · $4 kinds text[] · $5 severities text[] · $6 subjects text[] ·
-- $7 days date[] · $8 payments text[] · $9 accounts text[] · $10 expected text[] · $11 found text[] · $12 remedies text[]
-- Returns a row for each with whether it is new, or has come up again. Locks the rows that are there.
INSERT INTO reconciliation_differences AS d (
  run_id, run_kind, id, kind, severity, subject, day, payment_id, account_id, expected, found, remedy
)
SELECT $1, $2::reconciliation_kind, f.id, f.kind::difference_kind, f.severity::difference_severity, f.subject, f.day,
  f.payment_id, f.account_id, f.expected, f.found, f.remedy
FROM unnest(
  $3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]
) AS f (id, kind, severity, subject, day, payment_id, account_id, expected, found, remedy)
ORDER BY f.id
ON CONFLICT (id) DO UPDATE
SET run_id = excluded.run_id, severity = excluded.severity, day = excluded.day, expected = excluded.expected,
  found = excluded.found, remedy = excluded.remedy, last_seen = clock_timestamp(), resolved_at = NULL,
  version = d.version + CASE WHEN d.resolved_at IS NULL THEN 0 ELSE 1 END
RETURNING old.id IS NULL OR old.resolved_at IS NOT NULL AS is_new
