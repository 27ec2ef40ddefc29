-- A batch of the audit log, and what its records are found by, numbered from the first on.
--
-- $1 number, $2 first_seq: bigint · $3 made_at timestamptz · $4 previous_head, $5 head, $6 signature, $7 content: bytea · by
-- record, in their order: $8 key, $9 type: text[]
WITH batch AS (
  INSERT INTO audit_batches (number, first_seq, count, made_at, previous_head, head, signature, content)
  VALUES ($1, $2, cardinality($8::text[]), $3, $4, $5, $6, $7)
)
INSERT INTO audit_records (seq, batch, key, type)
SELECT $2 + r.n - 1, $1, r.key, r.type
FROM unnest($8::text[], $9::text[]) WITH ORDINALITY AS r (key, type, n)
