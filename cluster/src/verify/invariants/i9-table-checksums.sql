-- I9: what one node holds, table by table, for comparison with the others: the number of rows and the sum of their hashes,
-- which no order of rows changes. Runs on each node in a snapshot of its own.
--
-- $1 timestamptz: what never changes and was recorded before it: entries, operations, changes of accounts, and most of a
-- payment. Null: everything, and the tables whose rows change as well.
--
-- The stamp is the sum of the ledger's offsets: each batch moves them in its own transaction, so that two snapshots with
-- one stamp are snapshots of one state.
--
-- Payments and accounts are hashed as text: json, which their metadata is, has no hash of its own.
-- Returns: stamp, and for each table: table, rows, checksum.
WITH hashed AS (
  SELECT 'entries' AS table, hash_record_extended(e, 0) AS hash FROM entries e WHERE e.created_at < $1 OR $1 IS NULL
  UNION ALL
  SELECT 'payment_operations', hash_record_extended(o, 0) FROM payment_operations o WHERE o.posted_at < $1 OR $1 IS NULL
  UNION ALL
  SELECT 'account_changes', hash_record_extended(c, 0) FROM account_changes c WHERE c.posted_at < $1 OR $1 IS NULL
  UNION ALL
  SELECT 'access_changes', hash_record_extended(c, 0) FROM access_changes c WHERE c.posted_at < $1 OR $1 IS NULL
  UNION ALL
  SELECT 'dead_letter_changes', hash_record_extended(c, 0) FROM dead_letter_changes c
  WHERE c.posted_at < $1 OR $1 IS NULL
  UNION ALL
  SELECT 'payments', hashtextextended(
    CASE
      WHEN $1 IS NULL THEN p::text
      -- What never changes of them.
      ELSE ROW(
        p.id, p.client_id, p.counterparty_client_id, p.unknown_destination,
        CASE WHEN p.rail IS NULL THEN p.failure END, p.source_id, p.destination_id,
        p.source_seq, p.destination_seq, p.amount, p.currency, p.reference, p.description, p.metadata, p.fingerprint,
        p.created_at, p.posted_at, p.hold_until, p.rail, p.fee, p.bank
      )::text
    END, 0
  ) FROM payments p WHERE p.posted_at < $1 OR $1 IS NULL
  UNION ALL
  SELECT 'accounts', hashtextextended(a::text, 0) FROM accounts a WHERE $1 IS NULL
  UNION ALL
  SELECT 'account_balances', hash_record_extended(b, 0) FROM account_balances b WHERE $1 IS NULL
  UNION ALL
  SELECT 'clients', hash_record_extended(c, 0) FROM clients c WHERE $1 IS NULL
  UNION ALL
  SELECT 'client_terms', hash_record_extended(t, 0) FROM client_terms t WHERE $1 IS NULL
  UNION ALL
  SELECT 'client_limits', hash_record_extended(l, 0) FROM client_limits l WHERE $1 IS NULL
  UNION ALL
  SELECT 'api_keys', hash_record_extended(k, 0) FROM api_keys k WHERE $1 IS NULL
), summed AS (
  SELECT h.table, count(*) AS rows, sum(h.hash)::text AS checksum FROM hashed h GROUP BY h.table
)
SELECT
  (SELECT coalesce(sum(next_offset), 0)::text FROM ledger_offsets) AS stamp,
  coalesce((SELECT json_agg(s ORDER BY s.table) FROM summed s), '[]') AS tables
