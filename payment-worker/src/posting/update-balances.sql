-- Applies a batch's net effect, one row an account.
--
-- $1 account ids uuid[], ascending · $2 deltas bigint[] · $3 changes of what is pending bigint[] · $4 numbers of entries
-- int[] · $5 statuses as they were read account_status[] · $6 the batch's time timestamptz · $7 what accounts with a limit
-- of a day spend, null for the others, bigint[], or empty · $8 and had spent before on that day, likewise · $9 the day date
-- Returns the ordinal of the account in $1 and the balance, version and time after the update; no row for an account that
-- another batch has blocked or unblocked meanwhile, or that has spent something under its limit by another one.
-- Locks the rows in account order: the sessions of the worker run without hash and merge joins, so that the plan is a
-- nested loop in the order of the subquery. A time never goes back along an account's versions.
-- Fails on available_funds when another batch took what this one had counted on.
UPDATE account_balances b
SET posted = b.posted + d.delta, held = b.held + d.held, version = b.version + d.entries,
  updated_at = greatest(b.updated_at, $6::timestamptz),
  spent = CASE WHEN d.spent IS NULL THEN b.spent ELSE d.spent_before + d.spent END,
  spent_on = CASE WHEN d.spent IS NULL THEN b.spent_on ELSE $9::date END
FROM (
  SELECT account_id, delta, held, entries, status, spent, spent_before, ord
  FROM unnest(
    $1::uuid[], $2::bigint[], $3::bigint[], $4::int[], $5::account_status[], $7::bigint[], $8::bigint[]
  ) WITH ORDINALITY AS t (account_id, delta, held, entries, status, spent, spent_before, ord)
  ORDER BY ord
) d
WHERE b.account_id = d.account_id AND b.status = d.status
  AND (d.spent IS NULL OR d.spent_before = CASE WHEN b.spent_on = $9::date THEN b.spent ELSE 0 END)
RETURNING d.ord::int, b.posted, b.held, b.version, (extract(epoch FROM b.updated_at) * 1000)::bigint AS updated_at_ms
