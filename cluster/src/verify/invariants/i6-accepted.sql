-- I6, one part of what clients saw accepted: every id has one row (a payment's in a terminal state), and it says what was
-- accepted. A field that the client's record does not have is not compared.
--
-- $1 json: [{line, id uuid, and of a payment: source, destination (uuids), amount, currency, reference, description,
-- status; of an account: kind, currency, external_id}]
--
-- Checked: records. Rows: the record's line in the file, the id, what is wrong, what was accepted and what the ledger has.
WITH accepted AS (
  SELECT *
  FROM json_to_recordset($1::json) AS r (
    line integer, id uuid, source uuid, destination uuid, amount bigint, currency text, reference text, description text,
    status text, kind text, external_id text
  )
), compared AS (
  SELECT r.line, r.id, p.id IS NULL AND a.id IS NULL AS is_missing, field.name AS field, field.accepted, field.posted
  FROM accepted r
  LEFT JOIN payments p ON p.id = r.id
  LEFT JOIN accounts a ON a.id = r.id
  CROSS JOIN LATERAL (
    VALUES
      ('source', r.source::text, p.source_id::text),
      ('destination', r.destination::text, p.destination_id::text),
      ('amount', r.amount::text, p.amount::text),
      ('currency', r.currency, coalesce(p.currency, a.currency)::text),
      ('reference', r.reference, p.reference),
      ('description', r.description, p.description),
      ('status', r.status, p.status::text),
      ('kind', r.kind, a.kind::text),
      ('external_id', r.external_id, a.external_id)
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
