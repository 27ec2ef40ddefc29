-- I8, the cached pages of statements: each holds exactly the entries of its range, newest first. Entries never
-- change, so that a page of any age is compared in full.
--
-- $1 json: [{key, id uuid, first_seq, last_seq, owners, items: [{seq, payment uuid, kind, amount, balance_after,
-- pending_amount and pending_after, which are absent where 0, created_at}]}], read from the cache before this statement's snapshot; the range is first to last, both included
--
-- Checked: entries of the cache. Rows: as for balances.
WITH cached AS (
  SELECT *
  FROM json_to_recordset($1::json)
    AS c (key text, id uuid, first_seq bigint, last_seq bigint, owners integer[], items jsonb)
), expected AS (
  SELECT
    c.*,
    b.version,
    ARRAY[b.client_id] AS expected_owners,
    coalesce(
      (
        SELECT jsonb_agg(
          jsonb_strip_nulls(jsonb_build_object(
            'seq', e.seq, 'payment', e.payment_id, 'kind', e.kind, 'amount', e.amount, 'balance_after', e.balance_after,
            'pending_amount', e.held, 'pending_after', e.held_after,
            'created_at', to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
          ))
          ORDER BY e.seq DESC
        )
        FROM entries e
        WHERE e.account_id = c.id AND e.seq BETWEEN c.first_seq AND c.last_seq
      ),
      '[]'
    ) AS expected_items
  FROM cached c
  LEFT JOIN account_balances b ON b.account_id = c.id
), offending AS (
  SELECT
    key,
    CASE
      WHEN version IS NULL THEN 'the ledger has no such account'
      WHEN last_seq > version THEN 'newer than the primary'
      WHEN owners <> expected_owners THEN 'other owners'
      ELSE 'other content'
    END AS problem,
    left(expected_items::text, 500) AS expected,
    left(items::text, 500) AS found
  FROM expected
  WHERE version IS NULL OR last_seq > version OR owners <> expected_owners OR items <> expected_items
)
SELECT
  (SELECT count(*) FROM cached) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY key LIMIT 100) o) AS rows
