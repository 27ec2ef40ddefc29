-- Domains of schema public. Returns: name, type, not_null, default, constraints.
SELECT
  t.typname::text AS name,
  format_type(t.typbasetype, t.typtypmod) AS type,
  t.typnotnull AS not_null,
  t.typdefault AS default,
  coalesce(
    (
      SELECT json_agg(json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid)) ORDER BY k.conname)
      FROM pg_constraint k
      WHERE k.contypid = t.oid AND k.contype = 'c'
    ),
    '[]'
  ) AS constraints
FROM pg_type t
WHERE t.typnamespace = 'public'::regnamespace AND t.typtype = 'd'
ORDER BY t.typname
