-- Changes of accounts' limits that the ledger already has: repeated commands.
--
-- $1 ids uuid[]
-- Returns the ordinal of the id in $1, the fingerprint of the body, the limits that it set and the account's revision after
-- it. By primary key.
SELECT t.ord::int, encode(c.fingerprint, 'hex') AS fingerprint, c.limits, c.revision
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, ord)
JOIN account_changes c ON c.id = t.id
