-- Bank tasks that are taken up again: the bank is first asked what it has done.
--
-- $1 tasks uuid[] · $2 the batch's time timestamptz
-- By primary key.
UPDATE payment_tasks SET state = 'unknown', attempts = 0, due_at = $2::timestamptz, updated_at = $2::timestamptz
WHERE id = ANY ($1::uuid[]) AND state = 'exhausted'
