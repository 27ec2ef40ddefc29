-- Batches after one, oldest first: as many as hold $3 records together, one at least.
--
-- $1 number bigint: the page lies above it · $2 batches int · $3 records bigint
-- Returns the batches, whether more follow, and where the node's log stood after the snapshot was taken. By primary key.
WITH following AS (
  SELECT number, sum(count) OVER (ORDER BY number) AS records, row_number() OVER (ORDER BY number) AS place
  FROM (SELECT number, count FROM audit_batches WHERE number > $1 ORDER BY number LIMIT $2 + 1) next_ones
), page AS (
  SELECT number FROM following WHERE place <= $2 AND (records <= $3 OR place = 1)
)
SELECT b.number::float8 AS number, b.first_seq::float8 AS first_seq, b.made_at, b.content,
  encode(b.previous_head, 'hex') AS previous_head, encode(b.head, 'hex') AS head,
  encode(b.signature, 'hex') AS signature,
  EXISTS (SELECT FROM following WHERE following.number > (SELECT max(number) FROM page)) AS has_next,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM page JOIN audit_batches b USING (number)
ORDER BY b.number
