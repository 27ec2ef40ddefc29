-- Row by row: moves one payment's money. The rows are locked.
--
-- $1 source uuid · $2 destination uuid · $3 amount bigint · $4 now timestamptz
UPDATE account_balances
SET posted = posted + CASE account_id WHEN $1 THEN -$3::bigint ELSE $3 END, version = version + 1,
  updated_at = greatest(updated_at, $4)
WHERE account_id IN ($1, $2)
RETURNING replace(account_id::text, '-', '') AS account, posted, version, nullif(held, 0) AS held
