-- I3: a payment that succeeded has exactly its two entries, at the sequences that it names: minus its amount on the source,
-- its amount on the destination, so that they sum to zero; one that failed has none; no entry is without its payment. The
-- accounts exist, belong to whom the payment says, and have its currency.
--
-- Two halves that together leave nothing out: from each payment to the entries it names, and from each entry back to its
-- payment. Both are hash joins over whole tables; an index on entries by payment would cost every posting.
--
-- Checked: payments and entries. Rows: the payment, the account and sequence where one is meant, what is wrong.
WITH debits AS (
  SELECT p.id, p.source_id AS account_id, p.source_seq AS seq, -p.amount AS amount, p.currency, p.client_id AS owner
  FROM payments p
  WHERE p.status = 'succeeded'
), credits AS (
  SELECT p.id, p.destination_id, p.destination_seq, p.amount::bigint, p.currency, p.counterparty_client_id
  FROM payments p
  WHERE p.status = 'succeeded'
), legs AS (
  SELECT * FROM debits
  UNION ALL
  SELECT * FROM credits
), offending AS (
  SELECT
    l.id AS payment_id,
    l.account_id,
    l.seq,
    CASE
      WHEN e.account_id IS NULL THEN 'the entry that the payment names is missing'
      WHEN e.payment_id <> l.id THEN 'the entry that the payment names is another payment''s'
      ELSE 'the entry has another amount: ' || e.amount || ' instead of ' || l.amount
    END AS problem
  FROM legs l
  LEFT JOIN entries e ON e.account_id = l.account_id AND e.seq = l.seq
  WHERE e.account_id IS NULL OR e.payment_id <> l.id OR e.amount <> l.amount
  UNION ALL
  SELECT l.id, l.account_id, NULL,
    CASE
      WHEN b.account_id IS NULL THEN 'the account is missing'
      WHEN b.currency <> l.currency THEN 'the account has another currency'
      ELSE 'the account belongs to another client'
    END
  FROM legs l
  LEFT JOIN account_balances b ON b.account_id = l.account_id
  WHERE b.account_id IS NULL OR b.currency <> l.currency OR b.client_id IS DISTINCT FROM l.owner
  UNION ALL
  SELECT e.payment_id, e.account_id, e.seq,
    CASE
      WHEN p.id IS NULL THEN 'the entry''s payment is missing'
      WHEN p.status <> 'succeeded' THEN 'a payment that failed has an entry'
      WHEN e.payment_client_id <> p.client_id THEN 'the entry names another client'
      ELSE 'the payment does not name this entry'
    END
  FROM entries e
  LEFT JOIN payments p ON p.id = e.payment_id
  WHERE p.id IS NULL
    OR p.status <> 'succeeded'
    OR e.payment_client_id <> p.client_id
    OR NOT ((e.account_id = p.source_id AND e.seq = p.source_seq) OR (e.account_id = p.destination_id AND e.seq = p.destination_seq))
  UNION ALL
  SELECT p.id, NULL, NULL, 'source and destination are the same account'
  FROM payments p
  WHERE p.status = 'succeeded' AND p.source_id = p.destination_id
)
SELECT
  (SELECT count(*) FROM payments) + (SELECT count(*) FROM entries) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY payment_id, account_id, seq LIMIT 20) o) AS rows
