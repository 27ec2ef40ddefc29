-- What clients with a limit of a day have spent.
--
-- $1 clients int[], ascending · $2 currencies char(3)[], likewise · $3 spent in the batch bigint[] · $4 and on its day
-- before it bigint[] · $5 the day date
-- Returns a row for each; none for a limit under which another batch has spent something meanwhile.
-- Locks the rows in that order: the sessions of the worker run without hash and merge joins, so that the plan is a nested
-- loop in the order of the subquery.
UPDATE client_limits l
SET spent = d.before + d.spent, spent_on = $5::date
FROM (
  SELECT client_id, currency, spent, before
  FROM unnest($1::int[], $2::char(3)[], $3::bigint[], $4::bigint[]) AS t (client_id, currency, spent, before)
  ORDER BY client_id, currency
) d
WHERE l.client_id = d.client_id AND l.currency = d.currency
  AND d.before = CASE WHEN l.spent_on = $5::date THEN l.spent ELSE 0 END
RETURNING l.client_id
