-- Commits, and says where: a log position at or past the commit, and the timeline, which is the first eight digits of the
-- name of the position's file.
COMMIT;
SELECT pg_current_wal_flush_lsn()::text AS lsn, left(pg_walfile_name(pg_current_wal_flush_lsn()), 8) AS timeline
