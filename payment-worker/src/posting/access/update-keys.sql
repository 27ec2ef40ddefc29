-- Keys that have another secret, or are revoked.
--
-- $1 ids text[] · $2 versions before int[] · $3 SHA-256 of the secrets bytea[] · $4 versions int[] · $5 revoked at
-- timestamptz[]
-- Returns a row per key that was as it had been read: not revoked, and of that version.
UPDATE api_keys k
SET secret_hash = t.secret_hash, version = t.version, revoked_at = t.revoked_at
FROM unnest($1::text[], $2::int[], $3::bytea[], $4::int[], $5::timestamptz[])
  AS t (id, before, secret_hash, version, revoked_at)
WHERE k.id = t.id AND k.version = t.before AND k.revoked_at IS NULL
RETURNING k.id
