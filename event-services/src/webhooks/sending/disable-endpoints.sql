-- Disables endpoints that are gone, and those to which nothing could be delivered for too long, if they have still the URL of
-- which that is known.
--
-- $1 endpoints that answered 410 uuid[], $2 at which URL text[] · $3 those to which nothing could be delivered uuid[], $4 at
-- which URL text[] · $5 for how long, in milliseconds float8
-- Returns those that are disabled by this.
WITH gone AS (
  SELECT * FROM unnest($1::uuid[], $2::text[]) AS g (id, url)
), failing AS (
  SELECT * FROM unnest($3::uuid[], $4::text[]) AS f (id, url)
)
UPDATE webhook_endpoints e
SET disabled_at = clock_timestamp(), version = version + 1,
  disabled_reason = (CASE WHEN (e.id, e.url) IN (SELECT id, url FROM gone) THEN 'gone' ELSE 'failing' END)::webhook_disabled_reason
WHERE disabled_at IS NULL AND deleted_at IS NULL AND (
  (e.id, e.url) IN (SELECT id, url FROM gone)
  OR ((e.id, e.url) IN (SELECT id, url FROM failing)
    AND failing_since < clock_timestamp() - $5 * interval '1 millisecond')
)
RETURNING *
