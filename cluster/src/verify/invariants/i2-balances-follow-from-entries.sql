-- I2: a balance is the sum of its entries, and so is what is held; its version is their number, their sequences count from
-- 1 without a gap, each balance_after and held_after is the one before plus the entry's change (null is 0 for what is held),
-- and time never goes back along the sequence. Entries of an account that
-- does not exist, and accounts without a balance, are found as well: no foreign key on the posting path does.
--
-- One pass over the entries in the order of their primary key; each entry is compared with the one before, so that a break
-- is reported where it is, and once.
--
-- Checked: entries and accounts. Rows: the account, the sequence where one is meant, what is wrong, what was expected and
-- what was found.
WITH walked AS (
  SELECT
    account_id,
    seq,
    amount,
    balance_after,
    coalesce(held::bigint, 0) AS held,
    coalesce(held_after::bigint, 0) AS held_after,
    created_at,
    coalesce(lag(seq) OVER along, 0) AS seq_before,
    coalesce(lag(balance_after::bigint) OVER along, 0) AS balance_before,
    coalesce(lag(held_after::bigint) OVER along, 0) AS held_before,
    lag(created_at) OVER along AS time_before
  FROM entries
  WINDOW along AS (PARTITION BY account_id ORDER BY seq)
), broken AS (
  -- Read once, and kept only where it breaks: of ten million entries, none is stored on the way.
  SELECT account_id, seq, fault.problem, fault.expected, fault.found
  FROM walked
  CROSS JOIN LATERAL (
    VALUES
      (seq <> seq_before + 1, 'sequence has a gap', (seq_before + 1)::text, seq::text),
      -- After a gap there is nothing to add to: the gap is reported.
      (
        balance_after <> balance_before + amount AND seq = seq_before + 1,
        'balance_after is not the running sum', (balance_before + amount)::text, balance_after::text
      ),
      (
        held_after <> held_before + held AND seq = seq_before + 1,
        'held_after is not the running sum', (held_before + held)::text, held_after::text
      ),
      (created_at < time_before, 'time goes back', 'at least ' || time_before::text, created_at::text)
  ) AS fault (is_there, problem, expected, found)
  WHERE fault.is_there AND (
    seq <> seq_before + 1 OR balance_after <> balance_before + amount OR held_after <> held_before + held
    OR created_at < time_before
  )
), summed AS (
  SELECT account_id, sum(amount) AS posted, coalesce(sum(held), 0) AS held, count(*) AS entries
  FROM entries
  GROUP BY account_id
), compared AS (
  SELECT account_id, b.posted AS posted, b.held AS held, b.version AS version, coalesce(s.posted, 0) AS sum,
    coalesce(s.held, 0) AS held_sum, coalesce(s.entries, 0) AS entries, b.updated_at IS NULL AS is_unknown
  FROM account_balances b
  FULL JOIN summed s USING (account_id)
), offending AS (
  SELECT account_id, seq, problem, expected, found FROM broken
  UNION ALL
  SELECT account_id, NULL, 'entries of an account without a balance', 'none', entries::text FROM compared WHERE is_unknown
  UNION ALL
  SELECT account_id, NULL, 'balance is not the sum of its entries', sum::text, posted::text
  FROM compared
  WHERE NOT is_unknown AND posted <> sum
  UNION ALL
  SELECT account_id, NULL, 'what is held is not the sum of its entries', held_sum::text, held::text
  FROM compared
  WHERE NOT is_unknown AND held <> held_sum
  UNION ALL
  SELECT account_id, NULL, 'version is not the number of entries', entries::text, version::text
  FROM compared
  WHERE NOT is_unknown AND version <> entries
  UNION ALL
  SELECT a.id, NULL, 'account without a balance', 'one', 'none'
  FROM accounts a
  LEFT JOIN account_balances b ON b.account_id = a.id
  WHERE b.account_id IS NULL
  UNION ALL
  SELECT b.account_id, NULL, 'client or currency differ from the account''s', a.client_id || ' ' || a.currency,
    b.client_id || ' ' || b.currency
  FROM account_balances b
  JOIN accounts a ON a.id = b.account_id
  WHERE a.client_id <> b.client_id OR a.currency <> b.currency
)
SELECT
  (SELECT coalesce(sum(entries), 0) + count(*) FROM compared) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY account_id, seq LIMIT 20) o) AS rows
