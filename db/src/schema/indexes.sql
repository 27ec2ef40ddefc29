-- Indexes of our schemas that no constraint makes. Returns: definition.
SELECT replace(pg_get_indexdef(i.indexrelid), ' ON public.', ' ON ') AS definition
FROM pg_index i
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_class x ON x.oid = i.indexrelid
WHERE t.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'analytics'))
  AND t.relname <> 'migrations'
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY t.relname, x.relname
