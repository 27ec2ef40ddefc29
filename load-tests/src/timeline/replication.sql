-- What the primary knows of its standbys and of the ledger's way along the log of commands, at this moment.
--
-- $1: topic of the commands.
-- Returns one row: next_offset (commands that are posted, over all partitions), standbys (JSON: name, lag_bytes from what
-- the primary has on disk to what the standby has replayed, lag_ms from flush to replay, null when nothing is under way).
-- Locks nothing.
SELECT
  (SELECT coalesce(sum(next_offset), 0)::float8 FROM ledger_offsets WHERE topic = $1) AS next_offset,
  (
    SELECT coalesce(json_agg(json_build_object(
      'name', application_name,
      'lag_bytes', greatest(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), replay_lsn), 0),
      'lag_ms', extract(epoch FROM replay_lag) * 1000
    ) ORDER BY application_name), '[]'::json)
    FROM pg_stat_replication
    WHERE state = 'streaming'
  ) AS standbys
