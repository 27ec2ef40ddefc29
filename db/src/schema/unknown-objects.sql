-- Objects of our schemas, and schemas, that dump-schema.ts cannot write, so that it says so instead of leaving them out.
-- Returns: kind, name.
WITH ours AS (
  SELECT n.oid FROM pg_namespace n WHERE n.nspname IN ('public', 'analytics')
), from_extensions AS (
  SELECT objid FROM pg_depend WHERE deptype = 'e'
)
SELECT 'relation of kind ' || c.relkind::text AS kind, c.relname::text AS name
FROM pg_class c
WHERE c.relnamespace IN (SELECT oid FROM ours)
  AND c.oid NOT IN (SELECT objid FROM from_extensions)
  AND c.relkind NOT IN ('r', 'i', 'S') -- a sequence belongs to an identity column, or the next branch finds it
UNION ALL
SELECT 'sequence without an identity column', c.relname::text
FROM pg_class c
WHERE c.relnamespace IN (SELECT oid FROM ours)
  AND c.relkind = 'S'
  AND c.relname <> 'migrations_id_seq'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
UNION ALL
SELECT 'function', p.proname::text
FROM pg_proc p
WHERE p.pronamespace IN (SELECT oid FROM ours) AND p.oid NOT IN (SELECT objid FROM from_extensions)
UNION ALL
SELECT 'trigger', t.tgname::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace IN (SELECT oid FROM ours) AND NOT t.tgisinternal
UNION ALL
SELECT 'policy', p.polname::text
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace IN (SELECT oid FROM ours)
UNION ALL
SELECT 'generated column', c.relname || '.' || a.attname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace IN (SELECT oid FROM ours) AND a.attgenerated <> ''
UNION ALL
SELECT 'type', t.typname::text
FROM pg_type t
WHERE t.typnamespace IN (SELECT oid FROM ours WHERE oid <> 'public'::regnamespace) AND t.typtype IN ('d', 'e')
UNION ALL
SELECT 'schema', nspname::text
FROM pg_namespace
WHERE nspname NOT IN ('public', 'analytics', 'information_schema') AND nspname NOT LIKE 'pg\_%'
ORDER BY 1, 2
