-- How many payments wait for the bank: by payment_tasks_due.
SELECT count(*)::int AS open FROM payment_tasks WHERE state NOT IN ('exhausted', 'done')
