-- What was done to clients and keys, and by whom.
--
-- $1 ids uuid[] · $2 kinds access_change_kind[] · $3 clients int[] · $4 keys text[] · $5 versions of the keys after it
-- int[] · $6 reasons text[] · $7 clients that asked int[] · $8 keys that asked text[] · $9 fingerprints bytea[] ·
-- $10 created at timestamptz[] · $11 the batch's time timestamptz · $12 terms after it jsonb[]
-- Fails on access_changes_pkey when another batch was first with one of them.
INSERT INTO access_changes (
  id, kind, client_id, key_id, key_version, reason, asked_by_client_id, asked_by_key_id, fingerprint, created_at,
  terms, posted_at
)
SELECT t.*, $11::timestamptz
FROM unnest(
  $1::uuid[], $2::access_change_kind[], $3::int[], $4::text[], $5::int[], $6::text[], $7::int[], $8::text[],
  $9::bytea[], $10::timestamptz[], $12::jsonb[]
) AS t
