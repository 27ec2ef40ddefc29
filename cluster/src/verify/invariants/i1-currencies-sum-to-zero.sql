-- I1: all balances of a currency sum to zero. Money only moves between accounts, the cluster's own included, so that what
-- one has another lacks. Sums are numeric: a thousand full accounts are past 2^63.
--
-- Checked: currencies. Rows: a currency, its sum in minor units, its accounts.
WITH sums AS (
  SELECT currency::text AS currency, sum(posted) AS sum_minor, count(*) AS accounts
  FROM account_balances
  GROUP BY currency
), offending AS (
  SELECT currency, sum_minor::text, accounts FROM sums WHERE sum_minor <> 0
)
SELECT
  (SELECT count(*) FROM sums) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY currency LIMIT 20) o) AS rows
