-- A batch of the audit log with its records, which take consecutive numbers from the first on.
--
-- $1 number, $2 first_seq: bigint · $3 made_at timestamptz · $4 previous_head, $5 head, $6 signature: bytea · by record, in
-- their order: $7 partition int[], $8 log_offset bigint[], $9 body, $10 hash: bytea[] · $11 event_id, $12 type, $13 subject:
-- text[]
WITH batch AS (
  INSERT INTO audit_batches (number, first_seq, count, made_at, previous_head, head, signature)
  VALUES ($1, $2, cardinality($11::text[]), $3, $4, $5, $6)
)
INSERT INTO audit_records (seq, batch, partition, log_offset, body, hash, event_id, type, subject)
SELECT $2 + r.n - 1, $1, r.partition, r.log_offset, r.body, r.hash, r.event_id, r.type, r.subject
FROM unnest($7::int[], $8::bigint[], $9::bytea[], $10::bytea[], $11::text[], $12::text[], $13::text[])
  WITH ORDINALITY AS r (partition, log_offset, body, hash, event_id, type, subject, n)
