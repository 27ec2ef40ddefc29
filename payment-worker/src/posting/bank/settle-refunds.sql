-- Puts refunds into the state that the bank's answers have brought them to.
--
-- $1 refund ids uuid[] · $2 states refund_settlement[] · $3 the batch's time timestamptz
-- Returns how many there were; fewer than given means that another batch was first with one of them. By primary key.
WITH settled AS (
  UPDATE payment_operations o
  SET settlement = t.settlement, settled_at = $3::timestamptz
  FROM unnest($1::uuid[], $2::refund_settlement[]) AS t (id, settlement)
  WHERE o.id = t.id AND o.settlement = 'processing'
  RETURNING o.id
)
SELECT count(*)::int FROM settled
