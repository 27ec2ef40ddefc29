-- Balances as seed-payments.sql leaves them when payments 1 to $1 are made. Parameters $2 to $4 are its $3 to $5.
--
-- $1 last number bigint · $2 customers bigint · $3 merchants bigint · $4 what a customer is funded with, bigint
WITH past AS (SELECT $1::bigint - $2::bigint AS moved), settled AS (
  SELECT md5('funding')::uuid AS account_id, -$2 * $4::bigint AS posted, $2 AS version
  UNION ALL
  -- Payment k of those after the funding, from 0, is by customer k mod customers: so many have had one more turn.
  SELECT md5('customer ' || n)::uuid, $4 - turns, 1 + turns
  FROM past, generate_series(1, $2) n, LATERAL (SELECT moved / $2 + (n <= moved % $2)::int AS turns) t
  UNION ALL
  SELECT md5('merchant ' || n)::uuid, turns, turns
  FROM past, generate_series(1, $3::bigint) n, LATERAL (SELECT moved / $3 + (n <= moved % $3)::int AS turns) t
)
UPDATE account_balances b SET posted = s.posted, version = s.version,
  updated_at = timestamptz '2026-01-01' + $1 * interval '1 millisecond'
FROM settled s WHERE b.account_id = s.account_id
