-- The same of one subject, of one type or of any.
--
-- $1 seq bigint: the page lies below it · $2 rows int · $3 subject text: a space follows it in a key, and nothing lies
-- between that and an exclamation mark · $4 type text, null for any
-- By the key.
SELECT r.seq::float8 AS seq, r.batch::float8 AS batch, split_part(r.key, ' ', 1) AS subject, split_part(r.key, ' ', 2) AS rest,
  r.type, b.made_at AS recorded_at,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM audit_records r JOIN audit_batches b ON b.number = r.batch
WHERE r.seq < $1 AND r.key >= $3 || ' ' AND r.key < $3 || '!' AND ($4::text IS NULL OR r.type = $4)
ORDER BY r.seq DESC
LIMIT $2
