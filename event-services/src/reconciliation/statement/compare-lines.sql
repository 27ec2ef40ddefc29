-- The lines of a part of a statement that do not agree with the payments that they are of.
--
-- $1 run uuid · $2 after this line, $3 up to this line: int · $4 timestamptz: what was settled before it has had its time
-- Returns the line, and the payment and what the bank had answered, where there is one. What a deposit or a card payment is
-- about is its destination, a withdrawal's its source. By primary keys.
SELECT l.line, l.bank_id, l.idempotency_key, l.type, l.amount::float8 AS amount, l.currency, l.settled_at,
  p.id AS payment_id, p.client_id, p.status, p.rail, p.currency AS payment_currency, t.reason AS known_bank_id, t.answer,
  CASE WHEN p.rail = 'withdrawal' THEN -p.amount ELSE p.amount END::float8 AS payment_amount,
  CASE WHEN p.rail = 'withdrawal' THEN p.source_id ELSE p.destination_id END AS account_id,
  CASE WHEN p.rail = 'withdrawal' THEN p.client_id ELSE p.counterparty_client_id END AS account_owner
FROM bank_statement_lines l
LEFT JOIN payments p ON p.id = l.payment_id AND p.rail IS NOT NULL
LEFT JOIN payment_tasks t ON t.payment_id = p.id
WHERE l.run_id = $1 AND l.line > $2 AND l.line <= $3 AND (
  p.id IS NULL
  OR l.amount <> CASE WHEN p.rail = 'withdrawal' THEN -p.amount ELSE p.amount END
  OR l.currency <> p.currency
  OR l.type <> CASE p.rail WHEN 'deposit' THEN 'collection' WHEN 'withdrawal' THEN 'payout' ELSE 'card_charge' END
  OR p.status = 'failed'
  OR (p.status = 'processing' AND l.settled_at < $4)
  OR (t.answer = 'settled' AND t.reason <> l.bank_id)
)
ORDER BY l.line
