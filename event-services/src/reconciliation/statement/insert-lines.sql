-- Keeps lines of a statement as they were read, while their run is under way: none for one that was taken for dead.
--
-- $1 run uuid · by line: $2 lines int[] · $3 ids of payments and refunds
-- uuid[], null where the key is none of ours · $4 the bank's ids
-- text[] · $5 keys text[] · $6 types text[] · $7 amounts bigint[] · $8 currencies text[] · $9 settled at timestamptz[]
INSERT INTO bank_statement_lines (run_id, line, movement_id, bank_id, idempotency_key, type, amount, currency, settled_at)
SELECT $1, l.*
FROM unnest(
  $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::timestamptz[]
) AS l
WHERE EXISTS (SELECT FROM reconciliation_runs WHERE id = $1 AND state = 'running')
