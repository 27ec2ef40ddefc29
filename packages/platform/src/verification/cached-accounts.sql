-- I8, the cached accounts: none has a revision that the primary does not have yet, and one of the primary's
-- revision says the same. Of an older revision only what never changes is known.
--
-- $1 json: [{key, id uuid, text_id, version, owners, body}], read from the cache before this statement's snapshot
--
-- Checked: entries of the cache. Rows: as for balances.
WITH cached AS (
  SELECT *
  FROM json_to_recordset($1::json)
    AS c (key text, id uuid, text_id text, version bigint, owners integer[], body jsonb)
), expected AS (
  SELECT
    c.*,
    a.revision,
    ARRAY[a.client_id] AS expected_owners,
    jsonb_build_object(
      'id', c.text_id, 'kind', a.kind, 'currency', a.currency, 'external_id', a.external_id, 'revision', c.version,
      'created_at', to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'status', CASE WHEN c.version = a.revision THEN b.status::text ELSE c.body ->> 'status' END,
      'metadata', CASE WHEN c.version = a.revision THEN a.metadata::jsonb ELSE c.body -> 'metadata' END
    ) AS expected_body
  FROM cached c
  LEFT JOIN accounts a ON a.id = c.id
  LEFT JOIN account_balances b ON b.account_id = c.id
), offending AS (
  SELECT
    key,
    CASE
      WHEN revision IS NULL THEN 'the ledger has no such account'
      WHEN version > revision THEN 'newer than the primary'
      WHEN owners <> expected_owners THEN 'other owners'
      ELSE 'other content'
    END AS problem,
    jsonb_build_object('revision', revision, 'owners', expected_owners, 'body', expected_body)::text AS expected,
    jsonb_build_object('revision', version, 'owners', owners, 'body', body)::text AS found
  FROM expected
  WHERE revision IS NULL OR version > revision OR owners <> expected_owners OR body <> expected_body
)
SELECT
  (SELECT count(*) FROM cached) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY key LIMIT 100) o) AS rows
