/** `npm run schema:dump -w db`: migrates a throwaway database and writes its schema to `db/schema.sql`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { projectRoot } from '@paycluster/cluster/project-root'
import { dumpSchema } from '@paycluster/db/dump-schema'
import { runMain } from '@paycluster/platform/run-main'
import { startTestPostgres } from './test-postgres.ts'

runMain(async () => {
  const db = await startTestPostgres()
  const client = new Client({ connectionString: db.ownerUrl })
  try {
    await client.connect()
    writeFileSync(join(projectRoot, 'db/schema.sql'), await dumpSchema(client))
  } finally {
    await client.end()
    await db.stop()
  }
})
