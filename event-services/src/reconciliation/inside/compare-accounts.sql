-- What a replica has otherwise than the primary had: each account at the version that the primary had, or a later one, and
-- the entry that made that version. Runs on a replica that has replayed what the primary had then.
--
-- $1 accounts uuid[] · $2 versions bigint[] · $3 posted bigint[] · $4 held bigint[], as the primary had them
-- Returns the accounts that differ, with what the replica has. By primary keys.
SELECT g.id, b.version::float8 AS version, b.posted::float8 AS posted, b.held::float8 AS held,
  e.balance_after::float8 AS balance_after, e.held_after::float8 AS held_after
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) AS g (id, version, posted, held)
LEFT JOIN account_balances b ON b.account_id = g.id
LEFT JOIN entries e ON e.account_id = g.id AND e.seq = g.version
WHERE b.account_id IS NULL
  OR b.version < g.version
  OR (b.version = g.version AND (b.posted <> g.posted OR b.held <> g.held))
  OR (g.version > 0 AND (e.balance_after IS DISTINCT FROM g.posted OR coalesce(e.held_after, 0) <> g.held))
