-- Takes tasks whose time has come, the longest due first: none that another worker has in hand.
--
-- $1 rows int · $2 for how long, in milliseconds int: one that is not finished by then is due again
-- Returns the tasks with what the bank needs of their payments and refunds. One that was being called by a worker which has not come
-- back may have moved money: it is `unknown` from then on. By payment_tasks_due.
WITH due AS MATERIALIZED (
  SELECT id, payment_id, state
  FROM payment_tasks
  WHERE state NOT IN ('exhausted', 'done') AND due_at <= clock_timestamp()
  ORDER BY due_at
  LIMIT $1
  FOR UPDATE SKIP LOCKED
)
UPDATE payment_tasks t
SET
  state = CASE due.state WHEN 'ready' THEN 'calling'::task_state WHEN 'calling' THEN 'unknown' ELSE due.state END,
  attempts = t.attempts + CASE WHEN due.state IN ('ready', 'calling', 'unknown') THEN 1 ELSE 0 END,
  due_at = clock_timestamp() + $2 * interval '1 millisecond',
  updated_at = clock_timestamp()
FROM due
JOIN payments p ON p.id = due.payment_id
LEFT JOIN payment_operations r ON r.id = due.id AND due.id <> due.payment_id
WHERE t.id = due.id
RETURNING replace(t.id::text, '-', '') AS id, replace(t.payment_id::text, '-', '') AS payment_id,
  r.client_id AS refund_client_id, due.state AS was, t.attempts, t.card_token, t.reply_to, t.answer,
  t.reason, p.client_id, p.counterparty_client_id, replace(p.source_id::text, '-', '') AS source_id,
  replace(p.destination_id::text, '-', '') AS destination_id, p.rail, coalesce(r.amount, p.amount)::float8 AS amount, p.currency,
  p.bank ->> 'reference' AS reference, encode(coalesce(r.fingerprint, p.fingerprint), 'hex') AS fingerprint
