-- Letters that are tried again or given up.
--
-- $1 ids text[] · $2 states dead_letter_state[] · $3 clients int[], $4 keys text[] that asked for it · $5 what they said
-- text[] · $6 the batch's time timestamptz
-- The batch has them locked, and has seen them open.
UPDATE dead_letters d
SET state = t.state, version = d.version + 1, resolved_at = $6::timestamptz, resolved_by_client_id = t.client,
  resolved_by_key_id = t.key, resolution = t.said
FROM unnest($1::text[], $2::dead_letter_state[], $3::int[], $4::text[], $5::text[]) AS t (id, state, client, key, said)
WHERE d.id = t.id
