/** Brings the schema up to date: `OWNER_URL=postgres://… node db/dist/migrate.js`. Safe to run at any time, and by two at once. */
import { z } from 'zod'
import { loadSettings } from '@paycluster/platform/config'
import { runMain } from '@paycluster/platform/run-main'
import { createDataSource } from './data-source.ts'

/** Held while migrating, so that of two starters one waits. The number only has to be the same for all of them. */
const MIGRATION_LOCK = 7_265_391

/**
 * Runs what has not run yet.
 *
 * @param ownerUrl  a connection as the owner of the database
 * @returns the names of the migrations that ran, in order
 */
export async function migrate(ownerUrl: string): Promise<string[]> {
  const source = await createDataSource(ownerUrl).initialize()
  const lock = source.createQueryRunner()
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const ran = await source.runMigrations()
    return ran.map((migration) => migration.name)
  } finally {
    await lock.query('SELECT pg_advisory_unlock_all()')
    await lock.release()
    await source.destroy()
  }
}

if (import.meta.main) {
  runMain(async () => {
    const { OWNER_URL } = loadSettings(z.object({ OWNER_URL: z.url() }))
    const ran = await migrate(OWNER_URL)
    process.stdout.write(ran.length === 0 ? 'schema is up to date\n' : `ran ${ran.join(', ')}\n`)
  })
}
