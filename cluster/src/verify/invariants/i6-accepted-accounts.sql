-- I6 for accounts that clients saw created: every id has one row that says what was accepted.
--
-- $1 json: [{id uuid, line, kind, currency, external_id}]
--
-- Checked: records. Rows: as for payments.
WITH accepted AS (
  SELECT *
  FROM json_to_recordset($1::json) AS a (line integer, id uuid, kind text, currency text, external_id text)
), compared AS (
  SELECT a.line, a.id, t.id IS NULL AS is_missing, field.name AS field, field.accepted, field.posted
  FROM accepted a
  LEFT JOIN accounts t ON t.id = a.id
  CROSS JOIN LATERAL (
    VALUES
      ('kind', a.kind, t.kind::text),
      ('currency', a.currency, t.currency::text),
      ('external_id', a.external_id, t.external_id)
  ) AS field (name, accepted, posted)
), offending AS (
  SELECT DISTINCT line, id, 'lost: accepted, and not in the ledger' AS problem, NULL AS accepted, NULL AS posted
  FROM compared
  WHERE is_missing
  UNION ALL
  SELECT line, id, field || ' differs', accepted, posted
  FROM compared
  WHERE NOT is_missing AND accepted IS NOT NULL AND accepted IS DISTINCT FROM posted
)
SELECT
  (SELECT count(*) FROM accepted) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY line LIMIT 20) o) AS rows
