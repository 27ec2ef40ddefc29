-- Dead letters that commands name, with what it takes to try them again or to give them up.
--
-- $1 ids text[]
-- Returns the letters, locked: a task may be given up again meanwhile. By primary key.
SELECT d.id, d.kind, d.state, d.reason, d.attempts, d.version, d.partition, d.log_offset, encode(d.key, 'hex') AS key,
  encode(d.payload, 'hex') AS payload, (extract(epoch FROM d.first_at) * 1000)::bigint AS first_at_ms,
  (extract(epoch FROM d.last_at) * 1000)::bigint AS last_at_ms, replace(d.payment_id::text, '-', '') AS payment_id,
  p.client_id, p.rail, replace(p.source_id::text, '-', '') AS source_id,
  replace(p.destination_id::text, '-', '') AS destination_id, p.counterparty_client_id,
  encode(p.fingerprint, 'hex') AS fingerprint, replace(t.id::text, '-', '') AS task,
  r.client_id AS refund_client_id, encode(r.fingerprint, 'hex') AS refund_fingerprint
FROM dead_letters d
LEFT JOIN payments p ON p.id = d.payment_id
-- A task's letter is called by it.
LEFT JOIN payment_tasks t ON t.payment_id = d.payment_id AND d.id = 'task-' || replace(t.id::text, '-', '')
LEFT JOIN payment_operations r ON r.id = t.id AND t.id <> t.payment_id
WHERE d.id = ANY ($1::text[])
FOR UPDATE OF d
