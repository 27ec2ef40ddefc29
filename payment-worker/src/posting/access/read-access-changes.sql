-- Changes of clients and keys that the ledger already has: repeated commands.
--
-- $1 ids uuid[]
-- Returns the ordinal of the id in $1, the change, and the client that it is about or whose key that is. By primary keys.
SELECT t.ord::int, c.key_id, c.key_version, c.reason, c.asked_by_client_id, c.asked_by_key_id,
  encode(c.fingerprint, 'hex') AS fingerprint, (extract(epoch FROM c.posted_at) * 1000)::bigint AS posted_at_ms,
  l.id AS client_id, l.name, (extract(epoch FROM l.created_at) * 1000)::bigint AS client_created_at_ms,
  c.terms
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, ord)
JOIN access_changes c ON c.id = t.id
JOIN clients l ON l.id = c.client_id
