-- What a bank has a part in, under the id by which it knows it: payments, and refunds of what they brought. What is about is
-- a withdrawal's source, and the destination of all others.
--
-- A common table expression of the statements that name it. By primary keys.
bank_movements AS NOT MATERIALIZED (
  SELECT p.id, false AS is_refund, p.client_id AS owner, p.id AS payment_id, p.client_id, p.status::text AS status,
    p.rail::text AS kind,
    CASE p.rail WHEN 'deposit' THEN 'collection' WHEN 'withdrawal' THEN 'payout' ELSE 'card_charge' END AS type, p.currency,
    CASE WHEN p.rail = 'withdrawal' THEN -p.amount ELSE p.amount::bigint END AS amount,
    CASE WHEN p.rail = 'withdrawal' THEN p.source_id ELSE p.destination_id END AS account_id,
    CASE WHEN p.rail = 'withdrawal' THEN p.client_id ELSE p.counterparty_client_id END AS account_owner
  FROM payments p
  WHERE p.rail IS NOT NULL
  UNION ALL
  SELECT o.id, true, o.client_id, o.payment_id, p.client_id,
    CASE o.settlement WHEN 'processing' THEN 'processing' WHEN 'settled' THEN 'succeeded' ELSE 'failed' END, 'refund', 'refund',
    p.currency, -o.amount, p.destination_id, p.counterparty_client_id
  FROM payment_operations o
  JOIN payments p ON p.id = o.payment_id
  WHERE o.settlement IS NOT NULL
)
