-- I8, the cached payments: none has a version that the primary does not have yet, and one of the primary's
-- version says the same, in every field. Ids are compared as the ledger's uuids and by the client whose tag they bear.
--
-- $1 json: [{key, id uuid, id_owner, text_id, version, owners, body, source uuid, source_owner, destination uuid,
-- destination_owner, is_failure_told: whether the failure's detail is its code's}], read from the cache before this
-- statement's snapshot
--
-- Checked: entries of the cache. Rows: as for balances.
WITH cached AS (
  SELECT *
  FROM json_to_recordset($1::json)
    AS c (
      key text, id uuid, id_owner integer, text_id text, version bigint, owners integer[], body jsonb, source uuid,
      source_owner integer, destination uuid, destination_owner integer, is_failure_told boolean
    )
), expected AS (
  SELECT
    c.*,
    p.version AS current_version,
    ARRAY(
      SELECT DISTINCT owner FROM unnest(ARRAY[p.client_id, p.counterparty_client_id]) AS owner
      WHERE owner IS NOT NULL AND owner <> 0 ORDER BY owner
    ) AS expected_owners,
    p.client_id,
    -- A bank pays from the cluster's own account.
    CASE WHEN p.rail IS NULL OR p.rail = 'withdrawal' THEN p.client_id ELSE 0 END AS payer_client_id,
    p.counterparty_client_id,
    p.source_id,
    p.destination_id,
    p.unknown_destination,
    jsonb_build_object(
      'id', c.text_id, 'status', p.status, 'amount', p.amount, 'currency', p.currency, 'reference', p.reference,
      'description', p.description, 'metadata', coalesce(p.metadata, '{}'), 'version', p.version,
      'created_at', to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'completed_at', to_char(
        CASE WHEN p.status NOT IN ('requires_capture', 'processing') THEN coalesce(p.completed_at, p.posted_at) END AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
      ),
      'capture', CASE WHEN p.hold_until IS NULL THEN 'automatic' ELSE 'manual' END,
      'captured', CASE WHEN p.status = 'succeeded' THEN coalesce(p.captured, p.amount) ELSE 0 END,
      'refunded', coalesce(p.refunded, 0),
      'expires_at', to_char(p.hold_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    ) || CASE WHEN p.rail IS NULL THEN '{}' ELSE jsonb_build_object(
      'bank', jsonb_build_object(
        'rail', p.rail, 'fee', p.fee, 'reference', p.bank -> 'reference', 'card', p.bank -> 'card'
      )
    ) END AS expected_body,
    p.failure
  FROM cached c
  LEFT JOIN payments p ON p.id = c.id
), offending AS (
  SELECT
    key,
    CASE
      WHEN current_version IS NULL THEN 'the ledger has no such payment'
      WHEN version > current_version THEN 'newer than the primary'
      WHEN ARRAY(SELECT unnest(owners) ORDER BY 1) <> expected_owners THEN 'other owners'
      ELSE 'other content'
    END AS problem,
    jsonb_build_object(
      'version', current_version, 'owners', expected_owners, 'source', source_id, 'source_owner', payer_client_id,
      'destination', coalesce(unknown_destination, destination_id::text), 'destination_owner', counterparty_client_id,
      'failure', failure, 'body', expected_body
    )::text AS expected,
    jsonb_build_object(
      'version', version, 'owners', owners, 'source', source, 'source_owner', source_owner, 'destination', destination,
      'destination_owner', destination_owner, 'body', body
    )::text AS found
  FROM expected
  WHERE current_version IS NULL
    OR version > current_version
    OR ARRAY(SELECT unnest(owners) ORDER BY 1) <> expected_owners
    OR id_owner IS DISTINCT FROM client_id
    OR (
      version = current_version
      AND (
        body - ARRAY['source', 'destination', 'failure'] <> expected_body
        OR source <> source_id
        OR source_owner IS DISTINCT FROM payer_client_id
        OR CASE
          WHEN unknown_destination IS NULL
            THEN destination <> destination_id OR destination_owner IS DISTINCT FROM counterparty_client_id
          ELSE body ->> 'destination' <> unknown_destination
        END
        OR (body -> 'failure' ->> 'code') IS DISTINCT FROM failure
        OR NOT is_failure_told
      )
    )
)
SELECT
  (SELECT count(*) FROM cached) AS checked,
  (SELECT count(*) FROM offending) AS violations,
  (SELECT json_agg(o) FROM (SELECT * FROM offending ORDER BY key LIMIT 100) o) AS rows
