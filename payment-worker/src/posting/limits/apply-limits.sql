-- Sets what accounts may spend, and says why.
--
-- Accounts: $1 ids uuid[], ascending, each once · $2 revisions before int[] · $3 revisions after int[] · $4 least available
-- bigint[] · $5 limits of a payment bigint[] · $6 limits of a day bigint[]
-- Changes: $7 ids uuid[] · $8 accounts uuid[] · $9 who asked, clients int[] · $10 and keys text[] · $11 reasons text[] ·
-- $12 limits jsonb[] · $13 fingerprints bytea[] · $14 revisions after int[] · $15 created at timestamptz[] · $16 the batch's
-- time timestamptz
-- Returns how many accounts there were; fewer than given means that another batch changed one meanwhile. Fails on
-- available_funds when an account has used more than the overdraft that it is to have, and on account_changes_pkey when
-- another batch was first with one of the changes.
WITH a AS (
  UPDATE accounts a
  SET revision = t.after
  FROM unnest($1::uuid[], $2::int[], $3::int[]) AS t (id, before, after)
  WHERE a.id = t.id AND a.revision = t.before
  RETURNING a.id
), b AS (
  UPDATE account_balances b
  SET min_available = t.least, payment_limit = t.per_payment, daily_limit = t.per_day
  FROM unnest($1::uuid[], $4::bigint[], $5::bigint[], $6::bigint[]) AS t (id, least, per_payment, per_day)
  WHERE b.account_id = t.id
), c AS (
  INSERT INTO account_changes (
    id, account_id, client_id, asked_by_key_id, kind, reason, limits, fingerprint, revision, created_at, posted_at
  )
  SELECT id, account_id, client_id, key_id, 'limit', reason, limits, fingerprint, revision, created_at, $16::timestamptz
  FROM unnest(
    $7::uuid[], $8::uuid[], $9::int[], $10::text[], $11::text[], $12::jsonb[], $13::bytea[], $14::int[],
    $15::timestamptz[]
  ) AS t (id, account_id, client_id, key_id, reason, limits, fingerprint, revision, created_at)
)
SELECT count(*)::int FROM a
