-- As read-balances.sql, and locks the rows, in account order: the way of a batch that met another one's writes.
--
-- $1 account ids uuid[], ascending
SELECT t.ord::int, b.client_id, b.currency, b.status, b.posted, b.held, b.min_available, b.version,
  b.payment_limit, b.daily_limit, b.spent_on::text, b.spent
FROM unnest($1::uuid[]) WITH ORDINALITY AS t (account_id, ord)
JOIN account_balances b ON b.account_id = t.account_id
ORDER BY t.ord
FOR NO KEY UPDATE OF b
