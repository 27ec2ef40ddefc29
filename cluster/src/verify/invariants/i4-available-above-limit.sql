-- I4: no account has less available than its limit: posted - held >= min_available, and nothing held is negative. The table
-- has constraints for both; this does not take their word for it.
--
-- Checked: accounts. Rows: the account and its figures in minor units.
WITH offending AS (
  SELECT account_id, posted, held, posted - held AS available, min_available
  FROM account_balances
  WHERE posted - held < min_available OR held < 0
)
SELECT
  (SELECT count(*) FROM account_balances) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY account_id LIMIT 20) o) AS rows
