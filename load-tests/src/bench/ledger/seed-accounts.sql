-- A client's customers and merchants with empty balances, and the account that funds them.
--
-- $1 client that owns them int · $2 client of the funding account int · $3 customers int · $4 merchants int
WITH a AS (
  INSERT INTO accounts (id, client_id, kind, currency, fingerprint, created_at)
  SELECT md5('customer ' || n)::uuid, $1::int, 'customer'::account_kind, 'USD', '\x00'::bytea, now()
  FROM generate_series(1, $3::int) n
  UNION ALL
  SELECT md5('merchant ' || n)::uuid, $1, 'merchant', 'USD', '\x00', now() FROM generate_series(1, $4::int) n
  UNION ALL
  SELECT md5('funding')::uuid, $2::int, 'system', 'USD', '\x00', now()
  RETURNING id, client_id, kind, created_at
)
INSERT INTO account_balances (account_id, client_id, currency, min_available, updated_at)
SELECT id, client_id, 'USD', CASE kind WHEN 'system' THEN -9007199254740991 ELSE 0 END, created_at FROM a
