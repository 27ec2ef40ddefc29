-- I5: a hold is captured once, and for no more than was authorised; refunds together are no more than what was captured,
-- those that wait for a bank among them; and what a payment says of both is what was done to it.
--
-- Checked: payments with a hold, and those with a refund. Rows: the payment, what is wrong, its figures in minor units.
WITH done AS (
  SELECT payment_id,
    count(*) FILTER (WHERE kind = 'capture') AS captures,
    sum(amount) FILTER (WHERE kind = 'capture') AS captured,
    sum(CASE kind WHEN 'refund' THEN amount WHEN 'decline_refund' THEN -amount END) AS refunded
  FROM payment_operations
  WHERE failure IS NULL
  GROUP BY payment_id
), compared AS (
  SELECT p.id, p.amount, p.hold_until IS NOT NULL AS is_held, p.captured AS says_captured, p.refunded AS says_refunded,
    coalesce(d.captures, 0) AS captures, d.captured,
    coalesce(d.refunded, 0) AS refunded,
    CASE WHEN p.hold_until IS NOT NULL THEN coalesce(d.captured, 0) WHEN p.status = 'succeeded' THEN p.amount ELSE 0 END
      AS refundable
  FROM payments p
  LEFT JOIN done d ON d.payment_id = p.id
  WHERE p.hold_until IS NOT NULL OR p.refunded IS NOT NULL OR p.captured IS NOT NULL OR d.payment_id IS NOT NULL
), offending AS (
  SELECT id AS payment_id, fault.problem, amount, captured, refunded
  FROM compared
  CROSS JOIN LATERAL (
    VALUES
      (captures > 1, 'captured more than once'),
      (captured > amount, 'captured more than was authorised'),
      (captures > 0 AND NOT is_held, 'captured without a hold'),
      (refunded > refundable, 'refunded more than was captured'),
      (says_captured IS DISTINCT FROM captured, 'says another amount captured: ' || coalesce(says_captured::text, 'none')),
      (coalesce(says_refunded::bigint, 0) <> refunded, 'says another amount refunded: ' || coalesce(says_refunded::text, 'none'))
  ) AS fault (is_there, problem)
  WHERE fault.is_there
)
SELECT
  (SELECT count(*) FROM compared) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY payment_id, problem LIMIT 20) o) AS rows
