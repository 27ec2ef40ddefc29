-- Figures by bucket, group and currency.
--
-- $1 granularity text · $2 from, $3 to timestamptz · $4 whether to group by client, $5 merchant, $6 kind, $7 state, boolean ·
-- only of $8 client int, $9 merchant, $10 kind, $11 currency text, each where it is not null · $12 rows at most, int
-- Where states are not grouped by, final ones alone are counted. By the primary key's first two columns.
WITH cells AS (
  SELECT at, currency, latency,
    CASE WHEN $4::boolean THEN client_id END AS client,
    CASE WHEN $5::boolean THEN merchant END AS merchant,
    CASE WHEN $6::boolean THEN kind END AS kind,
    CASE WHEN $7::boolean THEN state END AS state,
    sum(count) AS count,
    coalesce(sum(count) FILTER (WHERE state = 'succeeded'), 0) AS succeeded,
    sum(volume) AS volume,
    coalesce(sum(volume) FILTER (WHERE state = 'succeeded'), 0) AS succeeded_volume
  FROM analytics.rollups
  WHERE granularity = $1 AND at >= $2 AND at < $3
    AND ($8::int IS NULL OR client_id = $8)
    AND ($9::text IS NULL OR merchant = $9)
    AND ($10::text IS NULL OR kind = $10)
    AND ($11::text IS NULL OR currency = $11)
    AND ($7 OR latency >= 0)
  GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT (extract(epoch FROM at) * 1000)::float8 AS at_ms, client, merchant, kind, state, currency,
  sum(count)::float8 AS count,
  sum(succeeded)::float8 AS succeeded,
  coalesce(sum(count) FILTER (WHERE latency >= 0), 0)::float8 AS final,
  sum(volume)::text AS volume,
  sum(succeeded_volume)::text AS succeeded_volume,
  array_agg(latency::int) AS cells,
  array_agg(count::float8) AS counts
FROM cells
GROUP BY at, client, merchant, kind, state, currency
ORDER BY at, client, merchant, kind, state, currency
LIMIT $12
