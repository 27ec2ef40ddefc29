-- The newest records of a subject, oldest first, each with the batch that it is in.
--
-- $1 subject text: as in list-records-of-subject.sql · $2 rows int
-- Returns the records, and where the node's log stood after the snapshot was taken. By the key.
SELECT r.seq::float8 AS seq, b.number::float8 AS number, b.first_seq::float8 AS first_seq, b.made_at, b.content,
  encode(b.previous_head, 'hex') AS previous_head, encode(b.head, 'hex') AS head,
  encode(b.signature, 'hex') AS signature,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM (
  SELECT * FROM audit_records WHERE key >= $1 || ' ' AND key < $1 || '!' ORDER BY seq DESC LIMIT $2
) r
JOIN audit_batches b ON b.number = r.batch
ORDER BY r.seq
