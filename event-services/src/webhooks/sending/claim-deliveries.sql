-- Takes deliveries whose time has come: of each endpoint and of each client as many as they have room for, and of every
-- client the first before any client's second, so that one with many to come takes nobody's place.
--
-- $1 rows int · $2 for how long, in milliseconds int: one that is not finished by then is due again · $3 of one endpoint at
-- once, at most int · $4 endpoints with deliveries in hand uuid[] · $5 and how many int[] · $6 of one client at once, at most
-- int · $7 clients with deliveries in hand int[] · $8 and how many int[]
-- An endpoint to which nothing can be delivered gets one at a time. By webhook_deliveries_due, from one endpoint with
-- something to send to the next.
WITH RECURSIVE waiting AS (
  (SELECT endpoint_id FROM webhook_deliveries WHERE state = 'pending' ORDER BY endpoint_id LIMIT 1)
  UNION ALL
  SELECT (
    SELECT d.endpoint_id FROM webhook_deliveries d
    WHERE d.state = 'pending' AND d.endpoint_id > w.endpoint_id ORDER BY d.endpoint_id LIMIT 1
  )
  FROM waiting w
  WHERE w.endpoint_id IS NOT NULL
), ranked AS (
  SELECT d.id, e.client_id, row_number() OVER (PARTITION BY e.client_id ORDER BY d.due_at) AS place
  FROM waiting w
  JOIN webhook_endpoints e ON e.id = w.endpoint_id AND e.disabled_at IS NULL AND e.deleted_at IS NULL
  LEFT JOIN unnest($4::uuid[], $5::int[]) AS busy (id, count) ON busy.id = e.id
  CROSS JOIN LATERAL (
    SELECT p.id, p.due_at
    FROM webhook_deliveries p
    WHERE p.state = 'pending' AND p.endpoint_id = e.id AND p.due_at <= clock_timestamp()
    ORDER BY p.due_at
    LIMIT greatest(CASE WHEN e.failing_since IS NULL THEN $3::int ELSE 1 END - coalesce(busy.count, 0), 0)
    FOR UPDATE SKIP LOCKED
  ) d
), due AS MATERIALIZED (
  SELECT r.id
  FROM ranked r
  LEFT JOIN unnest($7::int[], $8::int[]) AS taken (client_id, count) ON taken.client_id = r.client_id
  WHERE r.place <= $6::int - coalesce(taken.count, 0)
  ORDER BY r.place
  LIMIT $1
)
UPDATE webhook_deliveries d
SET attempts = d.attempts + 1, due_at = clock_timestamp() + $2 * interval '1 millisecond'
FROM due, webhook_endpoints e
WHERE d.id = due.id AND e.id = d.endpoint_id
RETURNING replace(d.id::text, '-', '') AS id, replace(e.id::text, '-', '') AS endpoint_id, e.client_id, e.url, d.body,
  d.attempts, d.attempts - d.attempts_before AS attempts_of_run, d.run, e.secret_version, e.old_secrets
