-- New keys.
--
-- $1 ids text[] · $2 clients int[] · $3 SHA-256 of the secrets bytea[] · $4 scopes, separated by blanks, text[] ·
-- $5 limit tiers text[] · $6 signature required boolean[] · $7 versions int[] · $8 created at, $9 expires at, $10 revoked
-- at timestamptz[]
INSERT INTO api_keys (
  id, client_id, secret_hash, scopes, limit_tier, signature_required, version, created_at, expires_at, revoked_at
)
SELECT t.id, t.client_id, t.secret_hash, string_to_array(t.scopes, ' '), t.limit_tier, t.signature_required, t.version,
  t.created_at, t.expires_at, t.revoked_at
FROM unnest(
  $1::text[], $2::int[], $3::bytea[], $4::text[], $5::text[], $6::boolean[], $7::int[], $8::timestamptz[],
  $9::timestamptz[], $10::timestamptz[]
) AS t (
  id, client_id, secret_hash, scopes, limit_tier, signature_required, version, created_at, expires_at, revoked_at
)
