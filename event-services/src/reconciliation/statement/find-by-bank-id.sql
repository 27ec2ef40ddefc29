-- Finds the payments and refunds of lines that bear no key of ours, by the bank's id in its answer: of what was answered around the day.
--
-- $1 run uuid · $2 first time, $3 last time: timestamptz
-- By payment_tasks_done, and a hash of the lines without one.
UPDATE bank_statement_lines l
SET movement_id = t.id
FROM payment_tasks t
WHERE l.run_id = $1 AND l.movement_id IS NULL AND t.reason = l.bank_id AND t.answer = 'settled' AND t.state = 'done'
  AND t.updated_at >= $2 AND t.updated_at < $3
