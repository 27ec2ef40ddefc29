-- Puts payments into the state that the batch's operations have brought them to.
--
-- $1 payment ids uuid[] · $2 versions before int[] · $3 versions after int[] · $4 statuses payment_status[] ·
-- $5 captured bigint[] · $6 refunded bigint[] · $7 completed at timestamptz[] · $8 failures text[]
-- Returns how many there were; fewer than given means that another batch changed one meanwhile. By primary key.
WITH updated AS (
  UPDATE payments p
  SET version = t.after, status = t.status, captured = t.captured, refunded = t.refunded, completed_at = t.completed_at,
    failure = t.failure
  FROM unnest(
    $1::uuid[], $2::int[], $3::int[], $4::payment_status[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::text[]
  ) AS t (id, before, after, status, captured, refunded, completed_at, failure)
  WHERE p.id = t.id AND p.version = t.before
  RETURNING p.id
)
SELECT count(*)::int FROM updated
