-- Commands that are given up, with the batch that passes them.
--
-- $1 ids text[] · $2 reasons text[] · $3 attempts int[] · $4 partitions int[] · $5 offsets bigint[] · $6 keys, $7 payloads
-- bytea[], null for none · $8 times timestamptz[]
-- Each id once. One that was tried again is open again; one that is only read again is as it was.
INSERT INTO dead_letters AS d (id, kind, reason, attempts, partition, log_offset, key, payload, first_at, last_at)
SELECT id, 'command', reason, attempts, partition, log_offset, key, payload, at, at
FROM unnest(
  $1::text[], $2::text[], $3::int[], $4::int[], $5::bigint[], $6::bytea[], $7::bytea[], $8::timestamptz[]
) AS t (id, reason, attempts, partition, log_offset, key, payload, at)
ON CONFLICT (id) DO UPDATE
SET state = 'open', reason = excluded.reason, attempts = excluded.attempts, last_at = excluded.last_at,
  version = d.version + 1, resolved_at = NULL, resolved_by_client_id = NULL, resolved_by_key_id = NULL, resolution = NULL
WHERE d.attempts < excluded.attempts
