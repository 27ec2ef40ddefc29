-- Many refunds.
--
-- $1 refund ids uuid[]
-- Returns a row per refund that is in the ledger, with the owners of its payment; those are null where the refund was
-- refused because the payment was not its client's to refund. `lsn` as in read-payments.sql. By primary keys.
SELECT replace(o.id::text, '-', '') AS id, o.client_id, replace(o.payment_id::text, '-', '') AS payment_id,
  o.unknown_payment, o.failure, o.amount, o.reason, o.created_at, o.posted_at, o.settlement, o.settled_at,
  p.client_id AS payer_client_id, p.counterparty_client_id AS payee_client_id, p.currency,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM payment_operations o
LEFT JOIN payments p ON p.id = o.payment_id AND o.unknown_payment IS NULL
WHERE o.id = ANY ($1::uuid[]) AND o.kind = 'refund'
