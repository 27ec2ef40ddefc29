-- The state that decides payments, of every account of a batch.
--
-- $1 account ids uuid[]
-- Returns the ordinal of the id in $1, and the row's decision fields. A missing account has no row.
-- By primary key. Locks nothing: the update that follows checks again (lock-balances.sql is the one that locks).
SELECT t.ord::int, b.client_id, b.currency, b.status, b.posted, b.held, b.min_available, b.version,
  b.payment_limit, b.daily_limit, b.spent_on::text, b.spent
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (account_id, ord)
JOIN account_balances b ON b.account_id = t.account_id
