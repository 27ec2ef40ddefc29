import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createDataSource } from '@paycluster/db/data-source'
import { migrate } from '@paycluster/db/migrate'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'

let db: TestPostgres
beforeAll(async () => {
  db = await startTestPostgres()
}, 60_000)
afterAll(() => db.stop())

describe('the entities', () => {
  it('agree with the migrated schema', async () => {
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
    expect(ran.map((names) => names.length).sort()).toEqual([0, 1])
  })
})
