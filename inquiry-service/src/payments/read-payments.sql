-- Many payments.
--
-- $1 payment ids uuid[]
-- Returns a row per payment that is in the ledger. `lsn` is where the node's log stood after the snapshot was taken: at
-- or past every commit that the rows show. By primary key.
SELECT replace(id::text, '-', '') AS id, client_id, counterparty_client_id, unknown_destination, status, failure,
  source_id, destination_id, source_seq, destination_seq, amount, currency, reference, description, metadata,
  created_at, posted_at, version, hold_until, captured, refunded, completed_at, rail, fee, bank,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS lsn
FROM payments
WHERE id = ANY ($1::uuid[])
