-- New accounts with empty balances.
--
-- $1 ids uuid[] · $2 clients int[] · $3 kinds account_kind[] · $4 currencies char(3)[] · $5 external ids text[] ·
-- $6 metadata json[] · $7 fingerprints bytea[] · $8 created at, timestamptz[] · $9 least available, bigint[]
-- Returns how many were new; fewer than given means that another batch was first.
WITH a AS (
  INSERT INTO accounts (id, client_id, kind, currency, external_id, metadata, fingerprint, created_at)
  SELECT id, client_id, kind, currency, external_id, metadata, fingerprint, created_at
  FROM unnest(
    $1::uuid[], $2::int[], $3::account_kind[], $4::char(3)[], $5::text[], $6::json[], $7::bytea[], $8::timestamptz[]
  ) AS t (id, client_id, kind, currency, external_id, metadata, fingerprint, created_at)
  ON CONFLICT (id) DO NOTHING
  RETURNING id
), b AS (
  INSERT INTO account_balances (account_id, client_id, currency, min_available, updated_at)
  SELECT t.id, t.client_id, t.currency, t.min_available, t.created_at
  FROM unnest($1::uuid[], $2::int[], $4::char(3)[], $8::timestamptz[], $9::bigint[])
    AS t (id, client_id, currency, created_at, min_available)
  JOIN a ON a.id = t.id
)
SELECT count(*)::int FROM a
