-- What was under way has succeeded: there is nothing to look at again.
UPDATE bank_statement_lines l
SET is_pending = false
FROM bank_movements p
WHERE l.is_pending AND p.id = l.movement_id AND p.status = 'succeeded'
