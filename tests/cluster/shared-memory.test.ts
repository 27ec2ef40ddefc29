/** Shared memory of PostgreSQL: a killed server's goes with its data, a living one's stays. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { sweepMemory } from '@paycluster/cluster/sweep-memory'
import { startTestPostgres, type TestPostgres } from '@paycluster/testkit/test-postgres'

const START_MS = 60_000

/** The segment that the postmaster maps for as long as it lives. */
function segmentOf({ primary }: TestPostgres): string {
  const maps = readFileSync(`/proc/${String(primary.pid)}/maps`, 'utf8')
  const path = /\/dev\/shm\/PostgreSQL\.\d+$/m.exec(maps)?.[0]
  if (path === undefined) throw new Error('the server maps no segment')
  return path
}

;(process.platform === 'linux' ? it : it.skip)(
  'is removed after a kill, beside a server that lives',
  async () => {
    const [killed, living] = [await startTestPostgres(), await startTestPostgres()]
    const [dead, used] = [segmentOf(killed), segmentOf(living)]
    sweepMemory()
    expect([existsSync(dead), existsSync(used)]).toEqual([true, true])
    await killed.primary.kill('SIGKILL')
    expect(existsSync(dead)).toBe(true)
    await killed.stop()
    expect([existsSync(dead), existsSync(used)]).toEqual([false, true])
    await living.stop()
    expect(existsSync(used)).toBe(false)
  },
  START_MS,
)
