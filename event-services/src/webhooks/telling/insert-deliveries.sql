-- Deliveries, each once: one that is there stays as it is.
--
-- $1 ids uuid[] · $2 endpoint ids uuid[] · $3 event ids text[] · $4 event types text[] · $5 bodies text[]
INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body)
SELECT d.* FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS d
ON CONFLICT (id) DO NOTHING
