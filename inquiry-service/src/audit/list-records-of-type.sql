-- The same of one type that is rare.
--
-- $1 seq bigint: the page lies below it · $2 rows int · $3 type text
-- By audit_records_type, whose condition is repeated.
SELECT r.seq::float8 AS seq, r.batch::float8 AS batch, split_part(r.key, ' ', 1) AS subject, split_part(r.key, ' ', 2) AS rest,
  r.type, b.made_at AS recorded_at,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM audit_records r JOIN audit_batches b ON b.number = r.batch
WHERE r.seq < $1 AND r.type = $3 AND r.type NOT LIKE 'payment.%' AND r.type NOT LIKE 'refund.%'
ORDER BY r.seq DESC
LIMIT $2
