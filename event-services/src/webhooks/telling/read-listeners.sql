-- The endpoints of clients to which something is sent.
--
-- $1 client ids int[]
-- By webhook_endpoints_of_client.
SELECT replace(id::text, '-', '') AS id, client_id, events
FROM webhook_endpoints
WHERE client_id = ANY ($1) AND deleted_at IS NULL AND disabled_at IS NULL
