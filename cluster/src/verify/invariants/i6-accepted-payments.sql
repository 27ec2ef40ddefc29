-- I6, one part of what clients saw accepted: every id has one row, in a terminal state, and says what was accepted. A
-- field that the client's record does not have is not compared.
--
-- $1 json: [{id uuid, line, source, destination (uuids), amount, currency, reference, description, status}]
--
-- Checked: records. Rows: the record's line in the file, the id, what is wrong, what was accepted and what the ledger has.
WITH accepted AS (
  SELECT *
  FROM json_to_recordset($1::json) AS a (
    line integer, id uuid, source uuid, destination uuid, amount bigint, currency text, reference text, description text,
    status text
  )
), compared AS (
  SELECT a.line, a.id, p.id IS NULL AS is_missing, field.name AS field, field.accepted, field.posted
  FROM accepted a
  LEFT JOIN payments p ON p.id = a.id
  CROSS JOIN LATERAL (
    VALUES
      ('source', a.source::text, p.source_id::text),
      ('destination', a.destination::text, p.destination_id::text),
      ('amount', a.amount::text, p.amount::text),
      ('currency', a.currency, p.currency::text),
      ('reference', a.reference, p.reference),
      ('description', a.description, p.description),
      ('status', a.status, p.status::text)
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
