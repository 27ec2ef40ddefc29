-- Records with their bodies, oldest first.
--
-- $1, $2 seq bigint: from this one to that, both included. By primary key.
SELECT seq::float8 AS seq, batch::float8 AS batch, partition, log_offset::float8 AS "offset", body,
  encode(hash, 'hex') AS hash
FROM audit_records
WHERE seq BETWEEN $1 AND $2
ORDER BY seq
