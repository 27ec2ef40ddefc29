-- Marks the lines of a part of a statement whose payments or refunds are still under way here: they are looked at again by later runs.
--
-- $1 run uuid · $2 after this line, $3 up to this line: int
UPDATE bank_statement_lines l
SET is_pending = true
FROM bank_movements p
WHERE l.run_id = $1 AND l.line > $2 AND l.line <= $3 AND p.id = l.movement_id AND p.status = 'processing'
