-- A piece of the refunds of one payment, newest first.
--
-- $1 payment uuid · $2, $3 they lie below this (posted_at, id): timestamptz, uuid · $4 rows int
-- Returns the payment's owners in every row, and its refunds, failed ones included; one row without a refund when there is
-- none in reach; no row for a payment that is not there. Those that were refused because the payment was not their
-- client's to refund are not shown. By payments_pkey and payment_operations_payment.
SELECT p.client_id AS payer_client_id, p.counterparty_client_id AS payee_client_id, p.currency,
  replace(p.id::text, '-', '') AS payment_id, replace(o.id::text, '-', '') AS id, o.client_id, o.unknown_payment,
  o.failure, o.amount, o.reason, o.created_at, o.posted_at, o.settlement, o.settled_at,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM payments p
LEFT JOIN LATERAL (
  SELECT * FROM payment_operations
  WHERE payment_id = p.id AND kind = 'refund' AND unknown_payment IS NULL
    AND (posted_at, id) < ($2::timestamptz, $3::uuid)
  ORDER BY posted_at DESC, id DESC
  LIMIT $4
) o ON true
WHERE p.id = $1
ORDER BY o.posted_at DESC, o.id DESC
