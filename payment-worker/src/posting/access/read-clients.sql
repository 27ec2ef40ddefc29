-- Clients that new keys or terms are for, and those that have the names of new ones.
--
-- $1 client numbers int[] · $2 names text[]
-- Returns number and name. By primary key, and by the unique index of names.
SELECT id, name FROM clients WHERE id = ANY ($1::int[]) OR name = ANY ($2::text[])
