-- Of payments and refunds with open differences those of which a statement has a line by now, and those that have succeeded by now.
--
-- $1 their ids uuid[] · $2 run uuid
SELECT p.id, p.status = 'succeeded' AS has_succeeded,
  EXISTS (
    SELECT FROM bank_statement_lines l JOIN reconciliation_runs r ON r.id = l.run_id
    WHERE l.movement_id = p.id AND (r.is_current OR r.id = $2)
  ) AS has_line
FROM bank_movements p
WHERE p.id = ANY ($1::uuid[])
