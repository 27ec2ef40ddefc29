-- What operators decided of dead letters.
--
-- $1 ids uuid[] · $2 letters text[] · $3 kinds dead_letter_change_kind[] · $4 attempts of the letters before int[] ·
-- $5 versions of the letters after int[] · $6 reasons text[] · $7 clients int[], $8 keys text[] that asked ·
-- $9 fingerprints bytea[] · $10 created at timestamptz[] · $11 the batch's time timestamptz
INSERT INTO dead_letter_changes (
  id, letter_id, kind, attempts, letter_version, reason, asked_by_client_id, asked_by_key_id, fingerprint, created_at,
  posted_at
)
SELECT t.*, $11::timestamptz
FROM unnest(
  $1::uuid[], $2::text[], $3::dead_letter_change_kind[], $4::int[], $5::int[], $6::text[], $7::int[], $8::text[],
  $9::bytea[], $10::timestamptz[]
) AS t
