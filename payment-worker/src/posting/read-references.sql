-- References that a payment which did not fail has taken.
--
-- $1 clients int[] · $2 references text[]
-- Returns the ordinal of each pair that is taken. By the unique index payments_reference.
SELECT t.ord::int
FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS t (client_id, reference, ord)
JOIN payments p ON p.client_id = t.client_id AND p.reference = t.reference
  AND p.reference IS NOT NULL AND p.status <> 'failed'
