-- Holds whose time is over, the longest first, if no other worker is sweeping.
--
-- $1 rows int · $2 the lock's number, bigint
-- Returns payments with their payers. The lock is held to the end of the transaction. By payments_holds.
SELECT replace(id::text, '-', '') AS id, client_id, replace(source_id::text, '-', '') AS source_id
FROM payments
WHERE pg_try_advisory_xact_lock($2) AND status = 'requires_capture' AND hold_until <= clock_timestamp()
ORDER BY hold_until
LIMIT $1
