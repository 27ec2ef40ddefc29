import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createDataSource } from '@paycluster/db/data-source'
import { dumpSchema } from '@paycluster/db/dump-schema'
import { migrate } from '@paycluster/db/migrate'
import { query, withClient } from '@paycluster/testkit/query'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'

const committed = readFileSync(new URL('../../db/schema.sql', import.meta.url), 'utf8')

let db: TestPostgres
beforeAll(async () => {
  db = await startTestPostgres()
}, 60_000)
afterAll(() => db.stop())

describe('the entities', () => {
  it('agree with the migrated schema as far as TypeORM looks', async () => {
    const source = await createDataSource(db.ownerUrl).initialize()
    try {
      const { upQueries } = await source.driver.createSchemaBuilder().log()
      expect(upQueries.map(({ query }) => query)).toEqual([])
    } finally {
      await source.destroy()
    }
  })
})

describe('migrations', () => {
  it('run once, also when two start at once', async () => {
    const { ownerUrl } = await db.createDatabase('empty')
    const ran = await Promise.all([migrate(ownerUrl), migrate(ownerUrl)])
    const { migrations } = createDataSource(ownerUrl).options
    expect(ran.map((names) => names.length).sort()).toEqual([0, (migrations as unknown[]).length])
  })

  it('can be taken back', async () => {
    const { ownerUrl } = await db.createDatabase()
    const source = await createDataSource(ownerUrl).initialize()
    try {
      while ((await source.query<unknown[]>('SELECT FROM migrations')).length > 0) await source.undoLastMigration()
    } finally {
      await source.destroy()
    }
    const dump = await withClient(ownerUrl, dumpSchema)
    expect(dump).not.toContain('CREATE')
  })
})

describe('db/schema.sql', () => {
  it('is what the migrations make (npm run schema:dump -w db)', async () => {
    expect(await withClient(db.ownerUrl, dumpSchema)).toBe(committed)
  })

  it('is SQL that makes the same schema', async () => {
    const { ownerUrl } = await db.createDatabase('empty')
    await query(ownerUrl, committed)
    expect(await withClient(ownerUrl, dumpSchema)).toBe(committed)
  })
})

describe('the dump', () => {
  it.each([
    ['a view', 'CREATE VIEW ledger AS SELECT 1', 'ledger'],
    ['a function', 'CREATE FUNCTION post() RETURNS int LANGUAGE sql AS $$SELECT 1$$', 'function post'],
    ['a sequence', 'CREATE SEQUENCE numbers', 'numbers'],
  ])('refuses %s rather than leave it out', async (_, statement, name) => {
    const { ownerUrl } = await db.createDatabase()
    await query(ownerUrl, statement)
    await expect(withClient(ownerUrl, dumpSchema)).rejects.toThrow(name)
  })
})
