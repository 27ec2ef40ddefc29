-- What the ledger occupies and what the primary has written so far.
--
-- Returns one row: table_bytes (JSON: each table with its indexes), wal_bytes (since the cluster was made), wal_full_pages
-- (since the statistics began), relation_io and wal_io (JSON, since then: calls and bytes of all processes of this server).
-- Locks nothing.
SELECT
  (
    SELECT json_object_agg(relname, pg_total_relation_size(oid))
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  ) AS table_bytes,
  pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS wal_bytes,
  (SELECT wal_fpi::float8 FROM pg_stat_wal) AS wal_full_pages,
  (
    SELECT json_build_object(
      'writes', coalesce(sum(writes), 0),
      'extends', coalesce(sum(extends), 0),
      'fsyncs', coalesce(sum(fsyncs), 0),
      'bytes', coalesce(sum(write_bytes), 0) + coalesce(sum(extend_bytes), 0)
    )
    FROM pg_stat_io
    WHERE object = 'relation'
  ) AS relation_io,
  (
    SELECT json_build_object(
      'writes', coalesce(sum(writes), 0),
      'extends', coalesce(sum(extends), 0),
      'fsyncs', coalesce(sum(fsyncs), 0),
      'bytes', coalesce(sum(write_bytes), 0) + coalesce(sum(extend_bytes), 0)
    )
    FROM pg_stat_io
    WHERE object = 'wal'
  ) AS wal_io
