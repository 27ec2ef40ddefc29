-- The newest records of a subject, oldest first, each with the batch that it is in and the hashes of all of that.
--
-- $1 subject text · $2 rows int
-- Returns the records, and where the node's log stood after the snapshot was taken. By audit_records_subject.
SELECT r.seq::float8 AS seq, r.partition, r.log_offset::float8 AS "offset", r.body,
  b.number::float8 AS number, b.first_seq::float8 AS first_seq, b.count, b.made_at,
  encode(b.previous_head, 'hex') AS previous_head, encode(b.head, 'hex') AS head, encode(b.signature, 'hex') AS signature,
  (
    SELECT array_agg(leaf.hash ORDER BY leaf.seq) FROM audit_records leaf
    WHERE leaf.seq >= b.first_seq AND leaf.seq < b.first_seq + b.count
  ) AS leaves,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM (SELECT * FROM audit_records WHERE subject = $1 ORDER BY seq DESC LIMIT $2) r
JOIN audit_batches b ON b.number = r.batch
ORDER BY r.seq
