-- Writes down what came of tasks in hand, and the requests that were made.
--
-- Tasks: $1 ids uuid[] · $2 attempts as they were claimed int[] · $3 states task_state[] · $4 due in milliseconds
-- int[] · $5 attempts to take back int[] · $6 answers task_answer[] · $7 reasons text[] · $8 last errors text[]
-- Requests: $9 payment ids uuid[] · $10 whether they move money bool[] · $11 attempts int[] · $12 outcomes text[] ·
-- $13 details text[] · $14 started at timestamptz[] · $15 durations in milliseconds int[] · $16 refund ids uuid[]
-- None of a task that another worker has taken meanwhile, or whose answer is posted already. What is exhausted goes to the
-- dead letters, with what was asked of the bank.
WITH finished AS (
  UPDATE payment_tasks t
  SET state = f.state, due_at = clock_timestamp() + f.due_ms * interval '1 millisecond',
    attempts = t.attempts - f.taken_back, answer = f.answer, reason = f.reason, last_error = f.last_error,
    updated_at = clock_timestamp()
  FROM unnest(
    $1::uuid[], $2::int[], $3::task_state[], $4::int[], $5::int[], $6::task_answer[], $7::text[], $8::text[]
  ) AS f (id, attempts, state, due_ms, taken_back, answer, reason, last_error)
  WHERE t.id = f.id AND t.attempts = f.attempts AND t.state <> 'done'
  RETURNING t.id, t.payment_id, t.state, t.attempts, t.last_error
), given_up AS (
  INSERT INTO dead_letters AS d (id, kind, reason, attempts, payment_id, payload, first_at, last_at)
  SELECT 'task-' || replace(f.id::text, '-', ''), 'bank_task', coalesce(f.last_error, 'no answer'), f.attempts,
    f.payment_id,
    convert_to(
      json_strip_nulls(
        json_build_object(
          'rail', p.rail, 'amount', p.amount, 'currency', p.currency, 'bank', p.bank, 'refund', r.id, 'refunded', r.amount
        )
      )::text,
      'UTF8'
    ),
    clock_timestamp(), clock_timestamp()
  FROM finished f
  JOIN payments p ON p.id = f.payment_id
  LEFT JOIN payment_operations r ON r.id = f.id AND f.id <> f.payment_id
  WHERE f.state = 'exhausted'
  ON CONFLICT (id) DO UPDATE
  SET state = 'open', reason = excluded.reason, attempts = d.attempts + excluded.attempts, last_at = excluded.last_at,
    version = d.version + 1, resolved_at = NULL, resolved_by_client_id = NULL, resolved_by_key_id = NULL,
    resolution = NULL
)
INSERT INTO bank_calls (payment_id, moves_money, attempt, outcome, detail, started_at, duration_ms, refund_id)
SELECT * FROM unnest(
  $9::uuid[], $10::bool[], $11::int[], $12::text[], $13::text[], $14::timestamptz[], $15::int[], $16::uuid[]
) AS c
