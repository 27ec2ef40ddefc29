-- Writes down what came of deliveries in hand, the requests that were made, and how their endpoints do.
--
-- $1 ids uuid[] · $2 attempts as they were claimed int[] · $3 states webhook_delivery_state[] · $4 due in milliseconds int[]
-- Of the requests: $5 started at timestamptz[] · $6 durations in milliseconds int[] · $7 URLs text[] · $8 addresses text[] ·
-- $9 request headers jsonb[] · $10 statuses int[] · $11 answers' headers jsonb[] · $12 answers' bodies text[] · $13 errors text[]
-- $14 endpoints to which something was delivered uuid[], $15 at which URL text[] · $16 those to which nothing could be uuid[],
-- $17 at which URL text[] · $18 runs of the deliveries as they were claimed int[]
-- None of a delivery that another process has taken meanwhile, that is being sent again by hand, or that was canceled. What
-- came of an endpoint's old URL says nothing of its new one.
WITH finished AS (
  UPDATE webhook_deliveries d
  SET state = f.state, due_at = clock_timestamp() + f.due_ms * interval '1 millisecond',
    finished_at = CASE WHEN f.state = 'pending' THEN NULL ELSE clock_timestamp() END
  FROM unnest($1::uuid[], $2::int[], $3::webhook_delivery_state[], $4::int[], $18::int[])
    AS f (id, attempts, state, due_ms, run)
  WHERE d.id = f.id AND d.attempts = f.attempts AND d.run = f.run AND d.state = 'pending'
), well AS (
  UPDATE webhook_endpoints e SET failing_since = NULL
  FROM unnest($14::uuid[], $15::text[]) AS w (id, url)
  WHERE e.id = w.id AND e.url = w.url AND e.failing_since IS NOT NULL
), failing AS (
  UPDATE webhook_endpoints e SET failing_since = clock_timestamp()
  FROM unnest($16::uuid[], $17::text[]) AS w (id, url)
  WHERE e.id = w.id AND e.url = w.url AND e.failing_since IS NULL
)
INSERT INTO webhook_attempts (
  delivery_id, number, started_at, duration_ms, url, address, request_headers, status, response_headers, response_body, error
)
SELECT a.*
FROM unnest(
  $1::uuid[], $2::int[], $5::timestamptz[], $6::int[], $7::text[], $8::text[], $9::jsonb[], $10::int[], $11::jsonb[],
  $12::text[], $13::text[]
) AS a
ON CONFLICT (delivery_id, number) DO NOTHING
