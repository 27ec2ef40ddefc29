-- What roles other than the owner may do to the tables of our schemas. Returns: table, grantee, privileges; one that is
-- for some columns alone has them in parentheses.
WITH ours AS (
  SELECT c.oid, c.relowner, c.relacl, c.relname, n.nspname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('public', 'analytics') AND c.relkind = 'r'
), granted AS (
  SELECT c.oid, c.relowner, g.grantee, g.privilege_type AS privilege
  FROM ours c
  CROSS JOIN LATERAL aclexplode(c.relacl) AS g
  UNION ALL
  SELECT c.oid, c.relowner, g.grantee,
    g.privilege_type || ' (' || string_agg(a.attname, ', ' ORDER BY a.attnum) || ')'
  FROM ours c
  JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
  CROSS JOIN LATERAL aclexplode(a.attacl) AS g
  GROUP BY c.oid, c.relowner, g.grantee, g.privilege_type
)
SELECT
  CASE WHEN c.nspname = 'public' THEN '' ELSE c.nspname || '.' END || c.relname AS table,
  r.rolname::text AS grantee,
  array_agg(g.privilege ORDER BY g.privilege) AS privileges
FROM granted g
JOIN ours c ON c.oid = g.oid
JOIN pg_roles r ON r.oid = g.grantee
WHERE c.relname <> 'migrations' AND g.grantee <> g.relowner
GROUP BY c.nspname, c.relname, r.rolname
ORDER BY c.nspname <> 'public', c.nspname, c.relname, r.rolname
