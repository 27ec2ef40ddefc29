-- Payments that the ledger already has: of repeated commands, and those that operations name.
--
-- $1 payment ids uuid[]
-- Returns the ordinal of the id in $1, and the payment. By primary key.
SELECT t.ord::int, p.client_id, p.counterparty_client_id, p.unknown_destination, p.status, p.failure,
  p.source_id::text, p.destination_id::text, p.source_seq, p.destination_seq, p.amount, p.currency,
  p.reference, p.description, p.metadata, encode(p.fingerprint, 'hex') AS fingerprint,
  (extract(epoch FROM p.created_at) * 1000)::bigint AS created_at_ms,
  (extract(epoch FROM p.posted_at) * 1000)::bigint AS posted_at_ms, p.version,
  (extract(epoch FROM p.hold_until) * 1000)::bigint AS hold_until_ms, p.captured, p.refunded,
  (extract(epoch FROM p.completed_at) * 1000)::bigint AS completed_at_ms, p.rail, p.fee, p.bank
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, ord)
JOIN payments p ON p.id = t.id
