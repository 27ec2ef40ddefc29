-- Counts what was not counted before, in minutes, hours and days, and notes how far that goes.
--
-- By occurrence, each key once: $1 keys uuid[] · $2 times timestamptz[] · $3 client ids int[] · $4 merchants, $5 kinds,
-- $6 states, $7 currencies text[] · $8 cells of the latency smallint[] · $9 volumes bigint[]. By partition: $10 partitions
-- int[] · $11 next offsets bigint[] · $12 times of the newest event timestamptz[]
-- Returns how many were new. Locks rows in the order of their keys, so that two processes wait for each other and not in a
-- circle.
WITH occurrences AS (
  SELECT *
  FROM unnest($1::uuid[], $2::timestamptz[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[], $9::bigint[])
    AS o (key, at, client_id, merchant, kind, state, currency, latency, volume)
), fresh AS (
  INSERT INTO analytics.counted_events (at, key)
  SELECT at, key FROM occurrences ORDER BY at, key
  ON CONFLICT DO NOTHING
  RETURNING at, key
), counted AS (
  INSERT INTO analytics.rollups AS r (granularity, at, client_id, merchant, kind, state, currency, latency, count, volume)
  SELECT g.granularity, date_trunc(g.granularity, o.at, 'UTC'), o.client_id, o.merchant, o.kind, o.state, o.currency,
    o.latency, count(*), sum(o.volume)
  FROM occurrences o
  JOIN fresh USING (at, key)
  CROSS JOIN unnest(ARRAY['minute', 'hour', 'day']) AS g (granularity)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (granularity, at, client_id, merchant, kind, state, currency, latency)
    DO UPDATE SET count = r.count + excluded.count, volume = r.volume + excluded.volume
), progressed AS (
  INSERT INTO analytics.progress AS p (partition, next_offset, event_at)
  SELECT * FROM unnest($10::int[], $11::bigint[], $12::timestamptz[]) AS n (partition, next_offset, event_at)
  ORDER BY partition
  ON CONFLICT (partition)
    DO UPDATE SET next_offset = excluded.next_offset, event_at = coalesce(excluded.event_at, p.event_at)
)
SELECT count(*)::int AS fresh FROM fresh
