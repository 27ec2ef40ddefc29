-- The sequences that accounts took in a time, which events have told of: gap-free, as the times of an account's entries
-- never go back.
--
-- $1 from, $2 to: timestamptz · $3 after this account uuid · $4 limit int
-- By entries_time.
SELECT e.account_id AS id, b.client_id AS client, e.first::float8 AS first, e.last::float8 AS last
FROM (
  SELECT account_id, min(seq) AS first, max(seq) AS last
  FROM entries
  WHERE created_at >= $1 AND created_at < $2 AND account_id > $3
  GROUP BY account_id
  ORDER BY account_id
  LIMIT $4
) e
JOIN account_balances b ON b.account_id = e.account_id
ORDER BY e.account_id
