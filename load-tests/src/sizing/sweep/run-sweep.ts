/**
 * Measures the running native cluster at one level of concurrency after the other:
 *
 *     warm up ──▶ checkpoint, counters ──▶ level, level, … each a load run of its own ──▶ checkpoint, counters, cache,
 *     connections ──▶ a file
 *
 * Between two checkpoints everything that was changed is written once, to the log and to the tables: as in the quarter of
 * an hour that the cluster itself leaves between them.
 *
 * Each level has its own calibration and its own verdict on what the clients saw; a level that is not correct, or has a
 * request that failed, ends the sweep; one while others were busy on the machine is measured again.
 */
import { readFileSync } from 'node:fs'
import { withConnection } from '@paycluster/cluster/postgres/connection'
import { openRedis } from '../../bench/common/redis.ts'
import { LoadError } from '../../load-error.ts'
import { level as levelProfile } from '../../profiles/level.ts'
import type { Environment } from '../../report/environment.ts'
import { writeReports } from '../../report/write-reports.ts'
import { runLoad } from '../../run-load.ts'
import { monitorPool } from '../../target/monitor-pool.ts'
import type { LocalCluster } from '../../target/target.ts'
import { MEASUREMENTS_SCHEMA, type Level, type Measurements } from '../measurements.ts'
import { isDisturbed } from '../model/fit-sweep.ts'
import { levelOf } from './level-figures.ts'
import { timesOf, WARMING, WARMING_S, type PlannedLevel } from './levels.ts'
import { readRedisMemory } from './redis-memory.ts'
import { countersBetween, readConnections, readCounters } from './resource-counters.ts'
import { countOfBatches } from './worker-batches.ts'

export interface Sweep {
  readonly cluster: LocalCluster
  readonly levels: readonly PlannedLevel[]
  /** Of each level, without ramp and warm-up. */
  readonly durationS: number
  readonly stop: AbortSignal
  readonly hurry: AbortSignal
  readonly say: (what: string) => void
}

const APPLICATION = 'sizing'
const STATEMENT_TIMEOUT_MS = 30_000
const MAX_TRIES = 4

/** @throws LoadError `load_failed` when a level is cut, has failures, or is not correct */
export async function runSweep(sweep: Sweep): Promise<Measurements> {
  const { cluster, levels, say } = sweep
  const pool = monitorPool(cluster, APPLICATION, STATEMENT_TIMEOUT_MS)
  const redis = await openRedis(cluster)
  try {
    say(`warming up: ${describe(WARMING)}`)
    await runLevel({ ...sweep, durationS: WARMING_S }, WARMING)
    await checkpoint(cluster)
    const before = await readCounters(pool, cluster)
    const batchesBefore = await countOfBatches(cluster)
    const measured: MeasuredLevel[] = []
    for (const [index, planned] of levels.entries()) {
      say(`level ${index + 1} of ${levels.length}: ${describe(planned)}`)
      const level = await runUndisturbed(sweep, planned)
      say(resultOf(level.level))
      measured.push(level)
    }
    await checkpoint(cluster)
    const after = await readCounters(pool, cluster)
    const [last] = measured.slice(-1)
    if (last === undefined) throw new LoadError('load_failed', 'the sweep has no levels')
    const results = measured.map(({ level }) => level)
    return {
      schema: MEASUREMENTS_SCHEMA,
      takenAt: new Date().toISOString(),
      environment: last.environment,
      mix: { readsAWrite: sumOf(results, 'readsPerS') / sumOf(results, 'writesPerS') },
      levels: results,
      growth: {
        payments: measured.reduce((sum, { payments }) => sum + payments, 0),
        batches: (await countOfBatches(cluster)) - batchesBefore,
        ...countersBetween(before, after),
      },
      redis: await readRedisMemory(redis),
      connections: await readConnections(pool, [APPLICATION]),
    }
  } finally {
    redis.disconnect()
    await pool.end()
  }
}

const checkpoint = ({ secrets, settings }: LocalCluster): Promise<unknown> =>
  withConnection({ secrets, role: 'superuser', port: settings.ports.primary }, (client) => client.query('CHECKPOINT'))

interface MeasuredLevel {
  readonly level: Level
  readonly payments: number
  readonly environment: Environment
  readonly summaryFile: string
}

/** What is disturbed at the last try, too, is written down as it is: the fit leaves it out. */
async function runUndisturbed(sweep: Sweep, planned: PlannedLevel): Promise<MeasuredLevel> {
  for (let tries = 1; ; tries++) {
    const measured = await runLevel(sweep, planned)
    if (!isDisturbed(measured.level) || tries === MAX_TRIES) return judged(measured)
    sweep.say(`others used ${measured.level.usage.otherCores.toFixed(2)} cores: again`)
  }
}

/** @throws LoadError `load_failed` */
function judged(measured: MeasuredLevel): MeasuredLevel {
  const { level, summaryFile } = measured
  if (level.failed === 0 && level.verdict !== 'violated') return measured
  throw new LoadError('load_failed', `${describe(level)}: ${level.failed} failed, ${level.verdict}`, {
    remedy: `look at ${summaryFile}`,
  })
}

async function runLevel({ cluster, durationS, stop, hurry }: Sweep, planned: PlannedLevel): Promise<MeasuredLevel> {
  stop.throwIfAborted()
  const batchesBefore = await countOfBatches(cluster)
  const { report, folder } = await runLoad(
    {
      settings: cluster.settings,
      profile: levelProfile,
      workload: { ...levelProfile.workload, ...planned, ...timesOf(planned, durationS) },
      asDefined: false,
      target: {},
      // Every level is judged by what the clients saw; `npm run verify` afterwards looks at all of the ledger at once.
      verify: false,
    },
    stop,
    hurry,
  )
  writeReports(report, [], [], folder)
  const k6Summary: unknown = JSON.parse(readFileSync(folder.k6Summary, 'utf8'))
  const level = levelOf(report, k6Summary, (await countOfBatches(cluster)) - batchesBefore)
  return {
    level,
    payments: report.settlement?.accepted ?? 0,
    environment: report.environment,
    summaryFile: folder.summary,
  }
}

const describe = ({ users, thinkS }: PlannedLevel): string =>
  thinkS === 0 ? `${users} in flight` : `${users} users with ${thinkS} s between answer and request`

const resultOf = ({ requestsPerS, meanMs, usage, calibration }: Level): string =>
  `${requestsPerS.toFixed(0)} req/s, ${meanMs.toFixed(1)} ms, ${usage.machineCores.busy.toFixed(2)} cores busy, ` +
  `fixed work ${calibration.before.workMs.toFixed(0)} to ${calibration.after.workMs.toFixed(0)} ms`

const sumOf = (levels: readonly Level[], figure: 'readsPerS' | 'writesPerS'): number =>
  levels.reduce((sum, level) => sum + level[figure] * level.measuredS, 0)
