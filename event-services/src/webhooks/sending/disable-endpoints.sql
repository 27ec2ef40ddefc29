-- Disables endpoints that are gone, and those to which nothing could be delivered for too long.
--
-- $1 endpoints that answered 410 uuid[] · $2 those to which nothing could be delivered uuid[] · $3 for how long, in
-- milliseconds float8
-- Returns those that are disabled by this.
UPDATE webhook_endpoints
SET disabled_at = clock_timestamp(), version = version + 1,
  disabled_reason = (CASE WHEN id = ANY ($1::uuid[]) THEN 'gone' ELSE 'failing' END)::webhook_disabled_reason
WHERE disabled_at IS NULL AND deleted_at IS NULL AND (
  id = ANY ($1::uuid[])
  OR (id = ANY ($2::uuid[]) AND failing_since < clock_timestamp() - $3 * interval '1 millisecond')
)
RETURNING *
