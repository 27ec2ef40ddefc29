-- The terms of clients, as far as something has been said of them.
--
-- $1 clients int[] · $2 accounts whose owners' terms count as well uuid[]
-- Returns a row for each limit, and one without a limit for a client that has none. By primary keys.
SELECT t.client_id, t.revision, t.deposit_bps, t.withdrawal_bps, t.card_bps, l.currency, l.payment_limit, l.daily_limit,
  l.spent_on::text, l.spent
FROM client_terms t
LEFT JOIN client_limits l ON l.client_id = t.client_id
WHERE t.client_id = ANY (
  $1::int[] || ARRAY(SELECT b.client_id FROM account_balances b WHERE b.account_id = ANY ($2::uuid[]))
)
