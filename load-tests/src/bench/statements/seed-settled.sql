-- Deposits that a bank has settled, spread evenly over a day, each with its task.
--
-- $1 how many bigint · $2 the day's first moment timestamptz · $3 the cluster's account for clearing uuid
WITH made AS (
  SELECT md5(n::text)::uuid AS id, n, $2::timestamptz + n * interval '1 day' / ($1::bigint + 1) AS at
  FROM generate_series(1, $1::bigint) AS n
), p AS (
  INSERT INTO payments (
    id, client_id, counterparty_client_id, status, source_id, destination_id, amount, currency, fingerprint, created_at,
    posted_at, version, completed_at, rail, fee, bank
  )
  SELECT id, 1, 1, 'succeeded', $3, md5(n::text)::uuid, 100 + n % 900, 'USD', '\x00', at, at, 2, at, 'deposit', 2, '{}'
  FROM made
)
INSERT INTO payment_tasks (payment_id, state, due_at, answer, reason, created_at, updated_at)
SELECT id, 'done', at, 'settled', 'op_' || n, at, at FROM made
