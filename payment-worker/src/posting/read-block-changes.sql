-- Blocks of accounts and their ends that the ledger already has: repeated commands.
--
-- $1 ids uuid[]
-- Returns the ordinal of the id in $1, the account, the fingerprint of the body and the account's revision after it.
-- By primary key.
SELECT t.ord::int, c.account_id::text, encode(c.fingerprint, 'hex') AS fingerprint, c.revision
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, ord)
JOIN account_changes c ON c.id = t.id
