-- A payment with a piece of what was asked of it, and of a bank for it, newest first.
--
-- $1 payment uuid · $2, $3 they lie below this (posted_at, id): timestamptz, uuid · $4 rows int
-- Returns the payment in every row, and its operations, failed ones included; one row without an operation when there is
-- none in reach; no row for a payment that is not there. Refunds that were refused because the payment was not their
-- client's to refund are not shown. A request to the bank has an id made of its number. By payments_pkey,
-- payment_operations_payment and bank_calls_payment.
SELECT p.client_id AS payer_client_id, p.counterparty_client_id AS payee_client_id, p.amount, p.failure,
  p.hold_until IS NOT NULL AS is_held, p.rail, p.version > 1 AS has_bank_answered, p.created_at, p.posted_at,
  replace(o.id::text, '-', '') AS operation_id, o.client_id, o.kind, o.failure AS operation_failure,
  o.amount AS operation_amount, o.reason, o.posted_at AS operation_posted_at,
  replace(o.refund_id::text, '-', '') AS refund_id, r.client_id AS refund_client_id,
  r.settlement AS refund_settlement,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM payments p
LEFT JOIN LATERAL (
  (
    SELECT id, client_id, kind::text, failure, amount::bigint, reason, posted_at,
      coalesce(refund_id, CASE kind WHEN 'refund' THEN id END) AS refund_id
    FROM payment_operations
    WHERE payment_id = p.id AND unknown_payment IS NULL AND (posted_at, id) < ($2::timestamptz, $3::uuid)
    ORDER BY posted_at DESC, id DESC
    LIMIT $4
  )
  UNION ALL
  (
    SELECT c.uuid, p.client_id, CASE WHEN moves_money THEN 'bank_request' ELSE 'bank_check' END, NULL, NULL,
      concat_ws(': ', outcome, detail), started_at, refund_id
    FROM bank_calls, LATERAL (SELECT lpad(to_hex(id), 32, '0')::uuid AS uuid) c
    WHERE p.rail IS NOT NULL AND payment_id = p.id AND (started_at, c.uuid) < ($2::timestamptz, $3::uuid)
    ORDER BY started_at DESC, id DESC
    LIMIT $4
  )
  ORDER BY posted_at DESC, id DESC
  LIMIT $4
) o ON true
LEFT JOIN payment_operations r ON r.id = o.refund_id
WHERE p.id = $1
ORDER BY o.posted_at DESC, o.id DESC
