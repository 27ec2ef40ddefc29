-- Blocks and unblocks accounts, and says why.
--
-- Accounts: $1 ids uuid[], ascending, each once · $2 statuses account_status[] · $3 revisions before int[] · $4 revisions
-- after int[]
-- Changes: $5 ids uuid[] · $6 accounts uuid[] · $7 clients int[] · $8 kinds account_change_kind[] · $9 reasons text[] ·
-- $10 fingerprints bytea[] · $11 revisions after int[] · $12 created at timestamptz[] · $13 the batch's time timestamptz
-- Returns how many accounts there were; fewer than given means that another batch changed one meanwhile. Fails on
-- account_changes_pkey when another batch was first with one of the changes.
WITH a AS (
  UPDATE accounts a
  SET revision = t.after
  FROM unnest($1::uuid[], $3::int[], $4::int[]) AS t (id, before, after)
  WHERE a.id = t.id AND a.revision = t.before
  RETURNING a.id
), b AS (
  UPDATE account_balances b
  SET status = t.status
  FROM unnest($1::uuid[], $2::account_status[]) AS t (id, status)
  WHERE b.account_id = t.id
), c AS (
  INSERT INTO account_changes (id, account_id, client_id, kind, reason, fingerprint, revision, created_at, posted_at)
  SELECT t.*, $13::timestamptz
  FROM unnest(
    $5::uuid[], $6::uuid[], $7::int[], $8::account_change_kind[], $9::text[], $10::bytea[], $11::int[],
    $12::timestamptz[]
  ) AS t
)
SELECT count(*)::int FROM a
