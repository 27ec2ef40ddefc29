-- What roles other than the owner may do to the tables of schema public. Returns: table, grantee, privileges; one that is
-- for some columns alone has them in parentheses.
WITH granted AS (
  SELECT c.relname, c.relowner, g.grantee, g.privilege_type AS privilege
  FROM pg_class c
  CROSS JOIN LATERAL aclexplode(c.relacl) AS g
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  UNION ALL
  SELECT c.relname, c.relowner, g.grantee,
    g.privilege_type || ' (' || string_agg(a.attname, ', ' ORDER BY a.attnum) || ')'
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
  CROSS JOIN LATERAL aclexplode(a.attacl) AS g
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  GROUP BY c.relname, c.relowner, g.grantee, g.privilege_type
)
SELECT
  g.relname::text AS table,
  r.rolname::text AS grantee,
  array_agg(g.privilege ORDER BY g.privilege) AS privileges
FROM granted g
JOIN pg_roles r ON r.oid = g.grantee
WHERE g.relname <> 'migrations' AND g.grantee <> g.relowner
GROUP BY g.relname, r.rolname
ORDER BY g.relname, r.rolname
