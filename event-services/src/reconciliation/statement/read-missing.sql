-- Payments and refunds that a bank has settled, as we know it, and that no statement has a line of.
--
-- $1 run uuid · $2 its day date · $3 first time, $4 last time at which we learned of it: timestamptz · $5 timestamptz: what
-- was asked for before it may be on a statement that was never compared · $6 limit int
-- By payment_tasks_done.
SELECT p.id, p.is_refund, p.owner, p.payment_id, p.client_id, p.kind, p.currency, t.reason AS known_bank_id,
  t.updated_at AS answered_at, p.amount::float8 AS known_amount, p.account_id, p.account_owner
FROM payment_tasks t
JOIN bank_movements p ON p.id = t.id
WHERE t.state = 'done' AND t.updated_at >= $3 AND t.updated_at < $4 AND t.created_at >= $5 AND p.status = 'succeeded'
  AND NOT EXISTS (
    SELECT FROM bank_statement_lines l
    WHERE l.movement_id = p.id AND (
      l.run_id = $1
      OR EXISTS (SELECT FROM reconciliation_runs r WHERE r.id = l.run_id AND r.is_current AND r.day <> $2)
    )
  )
LIMIT $6
