-- Keys that commands name, and those that may operate the cluster.
--
-- $1 key ids text[] · $2 boolean: whether to read those that may operate the cluster, as far as they are not revoked
-- Returns the keys. Locks nothing: all that changes keys is in one partition of the log, whose offset is locked.
SELECT id, client_id, encode(secret_hash, 'hex') AS secret_hash, array_to_string(scopes, ' ') AS scopes, limit_tier,
  signature_required, version, (extract(epoch FROM created_at) * 1000)::bigint AS created_at_ms,
  (extract(epoch FROM expires_at) * 1000)::bigint AS expires_at_ms,
  (extract(epoch FROM revoked_at) * 1000)::bigint AS revoked_at_ms
FROM api_keys
WHERE id = ANY ($1::text[]) OR ($2::boolean AND revoked_at IS NULL AND 'ops' = ANY (scopes))
