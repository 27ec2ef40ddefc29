-- What a statement has more than one line of, or has besides the statement of another day: by payment or
-- refund, or by the bank's id where there is none.
--
-- $1 run uuid · $2 its day date · $3 limit int
-- Returns for each how many lines there are, the first ten of this statement, and the other day if there is one.
WITH repeated AS (
  SELECT coalesce(movement_id::text, 'bank ' || bank_id) AS what, movement_id, min(bank_id) AS bank_id, count(*)::int AS lines,
    (array_agg(line ORDER BY line))[1:10] AS numbers
  FROM bank_statement_lines
  WHERE run_id = $1
  GROUP BY 1, 2
  HAVING count(*) > 1
  LIMIT $3
), elsewhere AS (
  SELECT l.movement_id::text AS what, l.movement_id, min(l.bank_id) AS bank_id, count(*)::int + 1 AS lines,
    (array_agg(l.line ORDER BY l.line))[1:10] AS numbers, min(r.day)::text AS other_day
  FROM bank_statement_lines l
  JOIN bank_statement_lines o ON o.movement_id = l.movement_id AND o.run_id <> l.run_id
  JOIN reconciliation_runs r ON r.id = o.run_id AND r.is_current AND r.day <> $2
  WHERE l.run_id = $1
  GROUP BY l.movement_id
  LIMIT $3
)
SELECT p.id, p.is_refund, p.owner, p.payment_id, p.client_id, d.bank_id, d.lines, d.numbers, d.other_day
FROM (
  SELECT what, movement_id, bank_id, lines, numbers, NULL AS other_day FROM repeated
  UNION ALL
  SELECT what, movement_id, bank_id, lines, numbers, other_day FROM elsewhere
  WHERE what NOT IN (SELECT what FROM repeated)
) d
LEFT JOIN bank_movements p ON p.id = d.movement_id
