-- Lines of the statements of other days whose payments or refunds were under way when they were compared, and have failed since or
-- have had their time.
--
-- $1 day of the run date · $2 timestamptz: what was settled before it has had its time · $3 limit int
-- By bank_statement_lines_pending.
SELECT l.line, l.bank_id, l.amount::float8 AS amount, l.currency, l.settled_at, r.day::text AS day, p.id,
  p.is_refund, p.owner, p.payment_id, p.client_id, p.status, p.account_id, p.account_owner
FROM bank_statement_lines l
JOIN reconciliation_runs r ON r.id = l.run_id AND r.is_current AND r.day <> $1
JOIN bank_movements p ON p.id = l.movement_id
WHERE l.is_pending AND (p.status = 'failed' OR (p.status = 'processing' AND l.settled_at < $2))
LIMIT $3
