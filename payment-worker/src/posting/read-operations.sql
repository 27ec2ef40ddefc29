-- Operations that the ledger already has: repeated commands, and refunds that a bank's answer names.
--
-- $1 operation ids uuid[]
-- Returns the ordinal of the id in $1, and the operation. By primary key.
SELECT t.ord::int, o.payment_id::text, o.unknown_payment, o.kind, o.failure, o.amount, o.reason, encode(o.fingerprint, 'hex') AS fingerprint,
  o.source_seq, o.destination_seq, o.payment_version, o.refunded,
  (extract(epoch FROM o.created_at) * 1000)::bigint AS created_at_ms,
  (extract(epoch FROM o.posted_at) * 1000)::bigint AS posted_at_ms, o.fee_seq, o.settlement,
  (extract(epoch FROM o.settled_at) * 1000)::bigint AS settled_at_ms
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, ord)
JOIN payment_operations o ON o.id = t.id
