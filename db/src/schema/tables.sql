-- Tables of our schemas, but TypeORM's own. Returns: name (with its schema, if that is not public), columns in their order, constraints (primary key first),
-- foreign keys apart (they need the other table), storage options. NOT NULL, a constraint of its own in PostgreSQL 18, is
-- part of the column.
SELECT
  CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS name,
  (
    SELECT json_agg(
      json_build_object(
        'name', a.attname,
        'type', format_type(a.atttypid, a.atttypmod),
        'not_null', a.attnotnull,
        'default', pg_get_expr(d.adbin, d.adrelid),
        'identity', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END
      )
      ORDER BY a.attnum
    )
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  ) AS columns,
  coalesce(
    (
      SELECT json_agg(
        json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid, true))
        ORDER BY k.contype <> 'p', k.contype <> 'u', k.conname
      )
      FROM pg_constraint k
      WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'c', 'x')
    ),
    '[]'
  ) AS constraints,
  coalesce(
    (
      SELECT json_agg(
        json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid, true))
        ORDER BY k.conname
      )
      FROM pg_constraint k
      WHERE k.conrelid = c.oid AND k.contype = 'f'
    ),
    '[]'
  ) AS foreign_keys,
  coalesce((SELECT array_agg(option ORDER BY option) FROM unnest(c.reloptions) AS option), '{}') AS options
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'analytics') AND c.relkind = 'r' AND c.relname <> 'migrations'
ORDER BY n.nspname <> 'public', n.nspname, c.relname
