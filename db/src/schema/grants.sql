-- What roles other than the owner may do to the tables of schema public. Returns: table, grantee, privileges.
SELECT
  c.relname::text AS table,
  r.rolname::text AS grantee,
  array_agg(g.privilege_type ORDER BY g.privilege_type) AS privileges
FROM pg_class c
CROSS JOIN LATERAL aclexplode(c.relacl) AS g
JOIN pg_roles r ON r.oid = g.grantee
WHERE c.relnamespace = 'public'::regnamespace
  AND c.relkind = 'r'
  AND c.relname <> 'migrations'
  AND g.grantee <> c.relowner
GROUP BY c.relname, r.rolname
ORDER BY c.relname, r.rolname
