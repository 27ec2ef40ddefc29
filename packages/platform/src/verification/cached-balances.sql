-- I8, the cached balances: none is newer than the primary's, and each says what the account had at its version.
-- An older version is compared with the entry that made it: a balance may be in the cache that has been overtaken since.
--
-- $1 json: [{key, id uuid, text_id, version, owners, body}], read from the cache before this statement's snapshot
--
-- Checked: entries of the cache. Rows: the key, what is wrong, what was expected and what the cache holds.
WITH cached AS (
  SELECT *
  FROM json_to_recordset($1::json)
    AS c (key text, id uuid, text_id text, version bigint, owners integer[], body jsonb)
), compared AS (
  SELECT
    c.*,
    b.version AS current_version,
    ARRAY[b.client_id] AS expected_owners,
    CASE WHEN c.version = 0 THEN 0 ELSE e.balance_after::bigint END AS posted,
    CASE WHEN c.version = 0 THEN 0 ELSE coalesce(e.held_after::bigint, 0) END AS held,
    b.currency
  FROM cached c
  LEFT JOIN account_balances b ON b.account_id = c.id
  LEFT JOIN entries e ON e.account_id = c.id AND e.seq = c.version
), expected AS (
  SELECT
    *,
    jsonb_build_object(
      'account_id', text_id, 'currency', currency, 'posted', posted, 'pending_out', held, 'available', posted - held,
      'version', version
    ) AS expected_body
  FROM compared
), offending AS (
  SELECT
    key,
    CASE
      WHEN current_version IS NULL THEN 'the ledger has no such account'
      WHEN version > current_version THEN 'newer than the primary'
      WHEN owners <> expected_owners THEN 'other owners'
      ELSE 'other content'
    END AS problem,
    jsonb_build_object('version', current_version, 'owners', expected_owners, 'body', expected_body)::text AS expected,
    jsonb_build_object('version', version, 'owners', owners, 'body', body)::text AS found
  FROM expected
  WHERE current_version IS NULL
    OR version > current_version
    OR owners <> expected_owners
    OR body - 'as_of' <> expected_body
)
SELECT
  (SELECT count(*) FROM cached) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY key LIMIT 100) o) AS rows
