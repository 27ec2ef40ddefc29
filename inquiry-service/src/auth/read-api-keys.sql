-- API keys with what a caller may do.
--
-- $1 key ids text[]
-- Returns a row per key that is there, expired and revoked ones as well. By primary key.
SELECT id, client_id, secret_hash, scopes, limit_tier, signature_required, version, expires_at, revoked_at
FROM api_keys
WHERE id = ANY ($1::text[])
