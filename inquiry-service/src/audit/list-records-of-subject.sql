-- The same of one subject, of one type or of any.
--
-- $1 seq bigint: the page lies below it · $2 rows int · $3 subject text · $4 type text, null for any
-- By audit_records_subject.
SELECT r.seq::float8 AS seq, r.partition, r.log_offset::float8 AS "offset", r.batch::float8 AS batch, r.event_id, r.type,
  r.subject, b.made_at AS recorded_at, encode(r.hash, 'hex') AS hash,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM audit_records r JOIN audit_batches b ON b.number = r.batch
WHERE r.seq < $1 AND r.subject = $3 AND ($4::text IS NULL OR r.type = $4)
ORDER BY r.seq DESC
LIMIT $2
