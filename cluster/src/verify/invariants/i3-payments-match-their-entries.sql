-- I3: payments, what was asked of them, and entries agree. A payment without a hold that succeeded has its two entries, at
-- the sequences that it names: minus its amount on the source, its amount on the destination. A hold has one, which keeps
-- its amount; a capture takes that back and moves what is captured, a release takes it back, a refund moves money the other
-- way, each at the sequences that the operation names. A withdrawal holds its amount and the commission; what a bank settles
-- moves between the account and the cluster's own, with the commission to that for fees, and what it declines is released.
-- A refund of what a bank brought is held on the account that was paid, until the bank has paid it back or declined. A
-- payment or refund that waits for a bank has somebody who asks it. So the entries of a payment sum to zero. One that failed
-- has none, no entry is without its payment, and a payment's version and status are those that its operations brought it to.
-- The accounts exist, belong to whom the payment says, and have its currency.
--
-- Two halves that together leave nothing out: from each payment and operation to the entries that it names, and from each
-- entry back. All are hash joins over whole tables; an index on entries by payment would cost every posting.
--
-- Checked: payments and entries. Rows: the payment, the account and sequence where one is meant, what is wrong.
WITH first_legs AS (
  SELECT p.id, p.source_id AS account_id, p.source_seq AS seq, p.currency, p.client_id AS owner,
    CASE WHEN p.hold_until IS NULL AND p.rail IS NULL THEN -p.amount ELSE 0 END AS amount,
    CASE WHEN p.hold_until IS NULL AND p.rail IS NULL THEN 0 ELSE p.amount + coalesce(p.fee, 0) END AS held,
    CASE WHEN p.hold_until IS NULL AND p.rail IS NULL THEN 'payment'::entry_kind ELSE 'hold' END AS kind
  FROM payments p
  WHERE CASE WHEN p.rail IS NULL THEN p.status <> 'failed'
    ELSE p.rail = 'withdrawal' AND (p.status <> 'failed' OR p.version > 1) END
  UNION ALL
  SELECT p.id, p.destination_id, p.destination_seq, p.currency, p.counterparty_client_id, p.amount, 0, 'payment'
  FROM payments p
  WHERE p.status = 'succeeded' AND p.hold_until IS NULL AND p.rail IS NULL
), done AS MATERIALIZED (
  -- What succeeded: few beside the payments.
  SELECT o.id AS operation_id, o.payment_id, o.kind, o.amount, o.source_seq, o.destination_seq, o.fee_seq,
    o.settlement IS NOT NULL AS is_for_bank
  FROM payment_operations o
  WHERE o.failure IS NULL
), later_legs AS MATERIALIZED (
  SELECT d.payment_id AS id, p.source_id AS account_id, d.source_seq AS seq, p.currency, p.client_id AS owner,
    CASE d.kind WHEN 'capture' THEN -d.amount WHEN 'refund' THEN d.amount ELSE 0 END AS amount,
    CASE WHEN d.kind = 'refund' THEN 0 ELSE -p.amount END AS held,
    CASE d.kind WHEN 'capture' THEN 'capture'::entry_kind WHEN 'refund' THEN 'refund' ELSE 'release' END AS kind
  FROM done d
  JOIN payments p ON p.id = d.payment_id
  WHERE d.kind IN ('capture', 'cancel', 'expire', 'refund') AND NOT d.is_for_bank
  UNION ALL
  SELECT d.payment_id, p.destination_id, d.destination_seq, p.currency, p.counterparty_client_id,
    CASE d.kind WHEN 'capture' THEN d.amount ELSE -d.amount END, 0,
    CASE d.kind WHEN 'capture' THEN 'capture'::entry_kind ELSE 'refund' END
  FROM done d
  JOIN payments p ON p.id = d.payment_id
  WHERE d.kind IN ('capture', 'refund') AND NOT d.is_for_bank
  UNION ALL
  -- A refund through a bank: held, then paid back or released.
  SELECT d.payment_id, p.destination_id, d.destination_seq, p.currency, p.counterparty_client_id,
    CASE d.kind WHEN 'settle_refund' THEN -d.amount ELSE 0 END, CASE d.kind WHEN 'refund' THEN d.amount ELSE -d.amount END,
    CASE d.kind WHEN 'refund' THEN 'hold'::entry_kind WHEN 'settle_refund' THEN 'refund' ELSE 'release' END
  FROM done d
  JOIN payments p ON p.id = d.payment_id
  WHERE (d.kind = 'refund' AND d.is_for_bank) OR d.kind IN ('settle_refund', 'decline_refund')
  UNION ALL
  SELECT d.payment_id, p.source_id, d.source_seq, p.currency, 0, d.amount, 0, 'refund'
  FROM done d
  JOIN payments p ON p.id = d.payment_id
  WHERE d.kind = 'settle_refund'
  UNION ALL
  -- A bank's answer: what leaves the source, what reaches the destination, what the cluster keeps.
  SELECT d.payment_id, p.source_id, d.source_seq, p.currency,
    CASE WHEN p.rail = 'withdrawal' THEN p.client_id ELSE 0 END,
    CASE WHEN d.kind = 'decline' THEN 0 WHEN p.rail = 'withdrawal' THEN -p.amount - p.fee ELSE -p.amount END,
    CASE WHEN p.rail = 'withdrawal' THEN -p.amount - p.fee ELSE 0 END,
    CASE d.kind WHEN 'decline' THEN 'release'::entry_kind ELSE p.rail::text::entry_kind END
  FROM done d
  JOIN payments p ON p.id = d.payment_id
  WHERE d.kind = 'settle' OR (d.kind = 'decline' AND p.rail = 'withdrawal')
  UNION ALL
  SELECT d.payment_id, p.destination_id, d.destination_seq, p.currency, p.counterparty_client_id,
    CASE WHEN p.rail = 'withdrawal' THEN p.amount ELSE p.amount - p.fee END, 0, p.rail::text::entry_kind
  FROM done d
  JOIN payments p ON p.id = d.payment_id
  WHERE d.kind = 'settle' AND (p.rail = 'withdrawal' OR p.amount > p.fee)
  UNION ALL
  SELECT d.payment_id, f.account_id, d.fee_seq, p.currency, 0, p.fee, 0, 'fee'
  FROM done d
  JOIN payments p ON p.id = d.payment_id
  -- By its name: the cluster's own account for fees in that currency.
  JOIN (SELECT id AS account_id, external_id FROM accounts WHERE client_id = 0) f ON f.external_id = 'fees ' || p.currency
  WHERE d.kind = 'settle' AND p.fee > 0
), legs AS (
  SELECT * FROM first_legs
  UNION ALL
  SELECT * FROM later_legs
), brought AS (
  -- Where operations brought their payments.
  SELECT payment_id, count(*) AS operations,
    CASE
      WHEN bool_or(kind = 'capture') THEN 'succeeded'::payment_status
      WHEN bool_or(kind = 'cancel') THEN 'canceled'
      WHEN bool_or(kind = 'expire') THEN 'expired'
      WHEN bool_or(kind = 'settle') THEN 'succeeded'
      WHEN bool_or(kind = 'decline') THEN 'failed'
    END AS status
  FROM done
  GROUP BY payment_id
), offending AS (
  SELECT
    l.id AS payment_id,
    l.account_id,
    l.seq,
    CASE
      WHEN e.account_id IS NULL THEN 'the entry that the payment names is missing'
      WHEN e.payment_id <> l.id THEN 'the entry that the payment names is another payment''s'
      WHEN e.kind <> l.kind THEN 'the entry is of another kind: ' || e.kind || ' instead of ' || l.kind
      WHEN e.amount <> l.amount THEN 'the entry has another amount: ' || e.amount || ' instead of ' || l.amount
      ELSE 'the entry holds another amount: ' || coalesce(e.held::bigint, 0) || ' instead of ' || l.held
    END AS problem
  FROM legs l
  LEFT JOIN entries e ON e.account_id = l.account_id AND e.seq = l.seq
  WHERE e.account_id IS NULL OR e.payment_id <> l.id OR e.kind <> l.kind OR e.amount <> l.amount
    OR coalesce(e.held::bigint, 0) <> l.held
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
      WHEN p.status = 'failed' AND p.rail IS NULL THEN 'a payment that failed has an entry'
      WHEN e.payment_client_id <> p.client_id THEN 'the entry names another client'
      ELSE 'the payment does not name this entry'
    END
  FROM entries e
  LEFT JOIN payments p ON p.id = e.payment_id
  LEFT JOIN later_legs l ON l.account_id = e.account_id AND l.seq = e.seq AND l.id = e.payment_id
  WHERE p.id IS NULL
    OR (p.status = 'failed' AND p.rail IS NULL)
    OR e.payment_client_id <> p.client_id
    OR NOT (
      (e.account_id = p.source_id AND e.seq = p.source_seq)
      OR (e.account_id = p.destination_id AND e.seq IS NOT DISTINCT FROM p.destination_seq)
      OR l.id IS NOT NULL
    )
  UNION ALL
  SELECT p.id, NULL, NULL, 'source and destination are the same account'
  FROM payments p
  WHERE p.status <> 'failed' AND p.source_id = p.destination_id
  UNION ALL
  SELECT p.id, NULL, NULL,
    CASE
      WHEN p.version <> 1 + coalesce(b.operations, 0) THEN 'the version is not one more than what was done to the payment'
      ELSE 'the status is not what was done to the payment: ' || p.status
    END
  FROM payments p
  LEFT JOIN brought b ON b.payment_id = p.id
  WHERE p.version <> 1 + coalesce(b.operations, 0)
    OR (
      p.hold_until IS NOT NULL AND p.status <> 'failed'
      AND p.status <> coalesce(b.status, 'requires_capture')
    )
    OR (p.rail IS NOT NULL AND p.version > 1 AND p.status IS DISTINCT FROM b.status)
    OR (p.rail IS NOT NULL AND p.version = 1 AND p.status = 'succeeded')
    OR (
      b.payment_id IS NOT NULL AND p.rail IS NULL
      AND (p.status = 'failed' OR (p.hold_until IS NULL AND b.status IS NOT NULL))
    )
  UNION ALL
  SELECT o.payment_id, NULL, NULL, 'the payment that something was asked of is missing'
  FROM payment_operations o
  LEFT JOIN payments p ON p.id = o.payment_id
  WHERE o.unknown_payment IS NULL AND p.id IS NULL
  UNION ALL
  SELECT coalesce(p.id, t.payment_id), NULL, NULL,
    CASE
      WHEN t.payment_id IS NULL THEN 'the payment waits for a bank that nobody asks'
      WHEN p.id IS NULL THEN 'a bank is asked about a payment that is missing'
      WHEN p.status = 'processing' THEN 'the bank has answered, and the payment still waits'
      ELSE 'the payment is final, and the bank is still asked'
    END
  FROM (SELECT id, status FROM payments WHERE rail IS NOT NULL AND (status = 'processing' OR version > 1)) p
  FULL JOIN (SELECT payment_id, state FROM payment_tasks WHERE id = payment_id) t ON t.payment_id = p.id
  WHERE t.payment_id IS NULL OR p.id IS NULL OR (p.status = 'processing') = (t.state = 'done')
  UNION ALL
  SELECT coalesce(r.payment_id, t.payment_id), NULL, NULL,
    CASE
      WHEN t.id IS NULL THEN 'a refund waits for a bank that nobody asks'
      WHEN r.id IS NULL THEN 'a bank is asked about a refund that is missing'
      WHEN r.settlement = 'processing' THEN 'the bank has answered, and a refund still waits'
      ELSE 'a refund is final, and the bank is still asked'
    END
  FROM (SELECT id, payment_id, settlement FROM payment_operations WHERE settlement IS NOT NULL) r
  FULL JOIN (SELECT id, payment_id, state FROM payment_tasks WHERE id <> payment_id) t ON t.id = r.id
  WHERE t.id IS NULL OR r.id IS NULL OR (r.settlement = 'processing') = (t.state = 'done')
  UNION ALL
  SELECT r.payment_id, NULL, NULL, 'a refund is not what the bank’s answers have made it'
  FROM (SELECT id, payment_id, settlement FROM payment_operations WHERE settlement IS NOT NULL) r
  LEFT JOIN (
    SELECT refund_id, count(*) AS answers, min(kind) AS kind FROM payment_operations
    WHERE refund_id IS NOT NULL AND failure IS NULL GROUP BY refund_id
  ) a ON a.refund_id = r.id
  WHERE coalesce(a.answers, 0) > 1 OR a.kind IS DISTINCT FROM CASE r.settlement
    WHEN 'processing' THEN NULL WHEN 'settled' THEN 'settle_refund'::operation_kind ELSE 'decline_refund' END
)
SELECT
  (SELECT count(*) FROM payments) + (SELECT count(*) FROM entries) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY payment_id, account_id, seq LIMIT 20) o) AS rows
