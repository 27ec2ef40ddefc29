-- I10: what events there must be, by one snapshot of the ledger: for each account the sequences that a payment took since
-- the oldest event that Kafka still has.
--
-- $1 timestamptz: the ledger's time from which events are kept; null when all are
--
-- Returns: account_id (uuid without dashes), first_seq, last_seq (its version).
SELECT
  replace(b.account_id::text, '-', '') AS account_id,
  CASE
    WHEN $1::timestamptz IS NULL THEN 1
    ELSE coalesce(
      (SELECT min(e.seq) FROM entries e WHERE e.account_id = b.account_id AND e.created_at >= $1),
      b.version + 1
    )
  END AS first_seq,
  b.version AS last_seq
FROM account_balances b
WHERE b.version > 0
