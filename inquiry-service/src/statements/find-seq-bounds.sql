-- Where times fall in an account's entries.
--
-- $1 account uuid · $2 times timestamptz[]
-- Returns for each time, by its position in $2, the first sequence whose entry was made at or after it; one past the last
-- sequence when there is none. No row for an account that is not there.
--
-- Sequences are gap-free from 1 to the account's version, and posting never lets created_at go back along them: so a
-- binary search on the primary key finds a time in log2(entries) look-ups (20 for a million), and entries need no index
-- on time. LIMIT keeps each look-up a probe of the index, whatever the planner thinks of recursion.
WITH RECURSIVE search AS (
  SELECT t.ord, t.at, 1::bigint AS low, b.version + 1 AS high
  FROM account_balances b
  CROSS JOIN unnest($2::timestamptz[]) WITH ORDINALITY AS t (at, ord)
  WHERE b.account_id = $1
  UNION ALL
  SELECT s.ord, s.at,
    CASE WHEN e.created_at < s.at THEN e.seq + 1 ELSE s.low END,
    CASE WHEN e.created_at < s.at THEN s.high ELSE e.seq END
  FROM search s
  CROSS JOIN LATERAL (
    SELECT seq, created_at FROM entries WHERE account_id = $1 AND seq = (s.low + s.high) / 2 LIMIT 1
  ) e
  WHERE s.low < s.high
)
SELECT ord::int, low AS seq FROM search WHERE low = high ORDER BY ord
