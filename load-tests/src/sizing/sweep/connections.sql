-- Connections to the primary by the application that holds them, those of this suite left out.
--
-- $1: names of the suite's own applications.
-- Returns a row an application: application, connections. Locks nothing.
SELECT coalesce(nullif(application_name, ''), usename::text) AS application, count(*)::int AS connections
FROM pg_stat_activity
WHERE backend_type IN ('client backend', 'walsender') AND NOT application_name = ANY ($1::text[])
GROUP BY 1
ORDER BY 1
