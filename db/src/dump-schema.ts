/**
 * The schema as SQL, from PostgreSQL's catalog, in an order that depends on names only: what a reader of `db/schema.sql`
 * wants, and what a diff of it shows. (The npm build of PostgreSQL 18 has no pg_dump, and older ones refuse the server.)
 *
 * Kinds of objects that the ledger does not have (views, functions, triggers, policies) are refused rather than left out.
 */
import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg'
import { loadText } from '@paycluster/platform/load-text'

const HEADING = `-- The schema as the migrations leave it: the result to read, while db/src/migrations is what runs.
-- Made from PostgreSQL's catalog by \`npm run schema:dump -w db\`; a test keeps it equal to the migrations.
`

const QUERIES = {
  schemas: loadText(import.meta.url, './schema/schemas.sql'),
  unknown: loadText(import.meta.url, './schema/unknown-objects.sql'),
  enums: loadText(import.meta.url, './schema/enums.sql'),
  domains: loadText(import.meta.url, './schema/domains.sql'),
  tables: loadText(import.meta.url, './schema/tables.sql'),
  indexes: loadText(import.meta.url, './schema/indexes.sql'),
  grants: loadText(import.meta.url, './schema/grants.sql'),
}

interface Constraint {
  readonly name: string
  readonly definition: string
}
interface Column {
  readonly name: string
  readonly type: string
  readonly not_null: boolean
  readonly default: string | null
  readonly identity: 'ALWAYS' | 'BY DEFAULT' | null
}
interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  readonly constraints: readonly Constraint[]
  readonly foreign_keys: readonly Constraint[]
  readonly options: readonly string[]
}

/**
 * Reads the schemas `public` and `analytics` of a database; TypeORM's own `migrations` table and what belongs to extensions is left out.
 *
 * @returns SQL that makes the same schema in an empty database whose roles exist
 * @throws Error naming objects of a kind that this dump does not know
 */
export async function dumpSchema(client: ClientBase): Promise<string> {
  await client.query('BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ')
  try {
    // Names of this schema come out unqualified.
    await client.query('SET LOCAL search_path TO public')
    await refuseUnknown(client)
    const schemas = await rows<{ name: string; grantees: string[] }>(client, QUERIES.schemas)
    const tables = await rows<Table>(client, QUERIES.tables)
    const indexes = await rows<{ definition: string }>(client, QUERIES.indexes)
    const sections = [
      HEADING.trimEnd(),
      schemas.map(({ name }) => `CREATE SCHEMA ${escape(name)};`).join('\n'),
      (await rows<{ name: string; labels: string[] }>(client, QUERIES.enums)).map(enumSql).join('\n'),
      (await rows<DomainRow>(client, QUERIES.domains)).map(domainSql).join('\n'),
      ...tables.map(tableSql),
      tables.flatMap(foreignKeysSql).join('\n'),
      indexes.map(({ definition }) => `${definition};`).join('\n'),
      schemas.flatMap(usageSql).join('\n'),
      (await rows<GrantRow>(client, QUERIES.grants)).map(grantSql).join('\n'),
    ]
    return `${sections.filter((section) => section !== '').join('\n\n')}\n`
  } finally {
    await client.query('ROLLBACK')
  }
}

interface DomainRow {
  readonly name: string
  readonly type: string
  readonly not_null: boolean
  readonly default: string | null
  readonly constraints: readonly Constraint[]
}
interface GrantRow {
  readonly table: string
  readonly grantee: string
  readonly privileges: readonly string[]
}

async function rows<T>(client: ClientBase, query: string): Promise<T[]> {
  const result = await client.query(query)
  return result.rows as T[]
}

async function refuseUnknown(client: ClientBase): Promise<void> {
  const unknown = await rows<{ kind: string; name: string }>(client, QUERIES.unknown)
  if (unknown.length === 0) return
  const names = unknown.map(({ kind, name }) => `${kind} ${name}`).join(', ')
  throw new Error(`dump-schema.ts does not know how to write: ${names}`)
}

const enumSql = ({ name, labels }: { name: string; labels: readonly string[] }): string =>
  `CREATE TYPE ${escape(name)} AS ENUM (${labels.map(escapeLiteral).join(', ')});`

const domainSql = (domain: DomainRow): string =>
  [
    `CREATE DOMAIN ${escape(domain.name)} AS ${domain.type}`,
    ...(domain.default === null ? [] : [`DEFAULT ${domain.default}`]),
    ...(domain.not_null ? ['NOT NULL'] : []),
    ...domain.constraints.map(constraintSql),
  ].join('\n  ') + ';'

function tableSql({ name, columns, constraints, options }: Table): string {
  const lines = [...columns.map(columnSql), ...constraints.map(constraintSql)]
  const storage = options.length === 0 ? '' : ` WITH (\n  ${options.join(',\n  ').replaceAll('=', ' = ')}\n)`
  return `CREATE TABLE ${escape(name)} (\n  ${lines.join(',\n  ')}\n)${storage};`
}

const columnSql = (column: Column): string =>
  [
    `${escape(column.name)} ${column.type}`,
    ...(column.identity === null ? [] : [`GENERATED ${column.identity} AS IDENTITY`]),
    ...(column.default === null ? [] : [`DEFAULT ${column.default}`]),
    ...(column.not_null ? ['NOT NULL'] : []),
  ].join(' ')

const constraintSql = ({ name, definition }: Constraint): string => `CONSTRAINT ${escape(name)} ${definition}`

const foreignKeysSql = ({ name, foreign_keys }: Table): string[] =>
  foreign_keys.map((key) => `ALTER TABLE ${escape(name)} ADD ${constraintSql(key)};`)

const usageSql = ({ name, grantees }: { name: string; grantees: string[] }): string[] =>
  grantees.map((grantee) => `GRANT USAGE ON SCHEMA ${escape(name)} TO ${escape(grantee)};`)

const grantSql = ({ table, grantee, privileges }: GrantRow): string =>
  `GRANT ${privileges.join(', ')} ON ${escape(table)} TO ${escape(grantee)};`

/** Quoted only where it must be: none of our names is a word of SQL. */
const escape = (name: string): string =>
  /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?$/.test(name) ? name : escapeIdentifier(name)
