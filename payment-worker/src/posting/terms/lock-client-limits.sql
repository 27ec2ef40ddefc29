-- Locks what clients may spend, in the order of clients and currencies: the way of a batch that met another one's writes.
--
-- $1 clients int[]
SELECT 1 FROM client_limits WHERE client_id = ANY ($1::int[]) ORDER BY client_id, currency FOR NO KEY UPDATE
