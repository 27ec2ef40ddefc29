-- The lines of a part of a statement that do not agree with the payments and refunds that they are of.
--
-- $1 run uuid · $2 after this line, $3 up to this line: int · $4 timestamptz: what was settled before it has had its time
-- Returns the line, and the movement and what the bank had answered, where there is one. By primary keys.
SELECT l.line, l.bank_id, l.idempotency_key, l.type, l.amount::float8 AS amount, l.currency, l.settled_at,
  p.id, p.is_refund, p.owner, p.payment_id, p.client_id, p.status, p.type AS known_type, p.currency AS known_currency,
  p.amount::float8 AS known_amount, p.account_id, p.account_owner, t.reason AS known_bank_id, t.answer
FROM bank_statement_lines l
LEFT JOIN bank_movements p ON p.id = l.movement_id
LEFT JOIN payment_tasks t ON t.id = p.id
WHERE l.run_id = $1 AND l.line > $2 AND l.line <= $3 AND (
  p.id IS NULL
  OR l.amount <> p.amount
  OR l.currency <> p.currency
  OR l.type <> p.type
  OR p.status = 'failed'
  OR (p.status = 'processing' AND l.settled_at < $4)
  OR (t.answer = 'settled' AND t.reason <> l.bank_id)
)
ORDER BY l.line
