-- I8, the cached refunds: each is in the ledger, and says the same at its version. One that a bank has not answered may be
-- newer in the ledger by now.
--
-- $1 json: [{key, id uuid, id_owner, text_id, version, owners, body, payment uuid, payment_owner}], read from the cache before
-- this statement's snapshot
--
-- Checked: entries of the cache. Rows: as for balances.
WITH cached AS (
  SELECT *
  FROM json_to_recordset($1::json)
    AS c (
      key text, id uuid, id_owner integer, text_id text, version bigint, owners integer[], body jsonb, payment uuid,
      payment_owner integer
    )
), expected AS (
  SELECT
    c.*,
    o.id IS NULL AS is_missing,
    o.client_id,
    o.payment_id,
    o.unknown_payment,
    o.failure,
    p.client_id AS payer,
    ARRAY(
      SELECT DISTINCT owner FROM unnest(ARRAY[o.client_id, p.client_id, p.counterparty_client_id]) AS owner
      WHERE owner IS NOT NULL ORDER BY owner
    ) AS expected_owners,
    jsonb_build_object(
      'id', c.text_id,
      'status', CASE
        WHEN s.is_open THEN 'processing'
        WHEN o.failure IS NULL AND coalesce(o.settlement, 'settled') = 'settled' THEN 'succeeded'
        ELSE 'failed'
      END,
      'amount', o.amount, 'currency', p.currency, 'reason', o.reason,
      'version', CASE WHEN o.settlement IS NULL OR s.is_open THEN 1 ELSE 2 END,
      'created_at', to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'completed_at', CASE WHEN NOT s.is_open THEN
        to_char(coalesce(o.settled_at, o.posted_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      END
    ) AS expected_body,
    CASE WHEN o.settlement IN ('bank_declined', 'bank_unavailable') AND NOT s.is_open THEN o.settlement::text
      ELSE o.failure END AS expected_failure
  FROM cached c
  LEFT JOIN payment_operations o ON o.id = c.id AND o.kind = 'refund'
  LEFT JOIN payments p ON p.id = o.payment_id AND o.unknown_payment IS NULL
  -- At the cached version: the first one of a refund through a bank is of before the bank's answer.
  CROSS JOIN LATERAL (SELECT o.settlement IS NOT NULL AND (o.settlement = 'processing' OR c.version = 1)) s (is_open)
), offending AS (
  SELECT
    key,
    CASE
      WHEN is_missing THEN 'the ledger has no such refund'
      WHEN ARRAY(SELECT unnest(owners) ORDER BY 1) <> expected_owners THEN 'other owners'
      ELSE 'other content'
    END AS problem,
    jsonb_build_object(
      'owners', expected_owners, 'payment', coalesce(unknown_payment, payment_id::text), 'payment_owner', payer,
      'failure', expected_failure, 'body', expected_body
    )::text AS expected,
    jsonb_build_object('owners', owners, 'payment', payment, 'payment_owner', payment_owner, 'body', body)::text AS found
  FROM expected
  WHERE is_missing
    OR ARRAY(SELECT unnest(owners) ORDER BY 1) <> expected_owners
    OR id_owner IS DISTINCT FROM client_id
    OR body - ARRAY['payment', 'failure'] <> expected_body
    OR (body -> 'failure' ->> 'code') IS DISTINCT FROM expected_failure
    OR CASE
      WHEN unknown_payment IS NULL THEN payment <> payment_id OR payment_owner IS DISTINCT FROM payer
      ELSE body ->> 'payment' <> unknown_payment
    END
)
SELECT
  (SELECT count(*) FROM cached) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY key LIMIT 100) o) AS rows
