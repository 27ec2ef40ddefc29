-- Our schemas but public, and who may use them. Returns: name, grantees.
SELECT
  n.nspname::text AS name,
  coalesce(array_agg(r.rolname::text ORDER BY r.rolname) FILTER (WHERE r.oid <> n.nspowner), '{}') AS grantees
FROM pg_namespace n
LEFT JOIN LATERAL aclexplode(n.nspacl) AS g ON g.privilege_type = 'USAGE'
LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE n.nspname = 'analytics'
GROUP BY n.nspname
ORDER BY n.nspname
