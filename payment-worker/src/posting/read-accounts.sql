-- Accounts that the ledger already has: of repeated creations, and those that are blocked or unblocked.
--
-- $1 account ids uuid[]
-- Returns the ordinal of the id in $1, and the account. By primary key.
SELECT t.ord::int, a.client_id, a.kind, a.currency, b.status, a.external_id, a.metadata,
  encode(a.fingerprint, 'hex') AS fingerprint,
  (extract(epoch FROM a.created_at) * 1000)::bigint AS created_at_ms, a.revision
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, ord)
JOIN accounts a ON a.id = t.id
JOIN account_balances b ON b.account_id = a.id
