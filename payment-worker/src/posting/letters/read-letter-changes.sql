-- Replays and discards that the ledger already has: repeated commands.
--
-- $1 ids uuid[]
-- Returns the ordinal of the id in $1, and the change. By primary key.
SELECT t.ord::int, c.kind, c.attempts, c.letter_version, c.reason, c.asked_by_client_id, c.asked_by_key_id,
  encode(c.fingerprint, 'hex') AS fingerprint, (extract(epoch FROM c.posted_at) * 1000)::bigint AS posted_at_ms
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, ord)
JOIN dead_letter_changes c ON c.id = t.id
