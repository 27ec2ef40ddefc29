-- A page of the audit log, newest first, of any type or of one that is not rare.
--
-- $1 seq bigint: the page lies below it · $2 rows int · $3 type text, null for any
-- Returns the records, and where the node's log stood after the snapshot was taken. By primary key.
SELECT r.seq::float8 AS seq, r.batch::float8 AS batch, split_part(r.key, ' ', 1) AS subject, split_part(r.key, ' ', 2) AS rest,
  r.type, b.made_at AS recorded_at,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM audit_records r JOIN audit_batches b ON b.number = r.batch
WHERE r.seq < $1 AND ($3::text IS NULL OR r.type = $3)
ORDER BY r.seq DESC
LIMIT $2
