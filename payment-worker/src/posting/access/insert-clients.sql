-- New clients.
--
-- $1 names text[] · $2 created at timestamptz[]
-- Returns the name and the number of each. Fails on clients_name_key when a name has been taken meanwhile.
INSERT INTO clients (name, created_at)
SELECT * FROM unnest($1::text[], $2::timestamptz[])
RETURNING name, id
