/**
 * How fast the workers get through a backlog to its end: posted, written to the cache, and every event on the log, which
 * is what comes last. Against the posting alone, of the same drains; with a cache that is empty, and one that holds what
 * clients have looked at.
 */
import type { LocalCluster, Target } from '../../target/target.ts'
import { CalibratedWindow, describeMachine, type Calibration, type Machine } from '../common/calibration.ts'
import { judge, type JudgedGoal } from '../common/goals.ts'
import { alternate, ratioOf, spreadOf, type Spread } from '../common/rounds.ts'
import { CACHES, makeCache, type CacheBefore } from './cache-before.ts'
import { runBacklog, type BacklogReport } from './run-backlog.ts'

export interface EventsBench {
  readonly target: Target & { readonly cluster: LocalCluster }
  readonly rounds: number
  /** In each drain. */
  readonly payments: number
  readonly stop: AbortSignal
  readonly say: (what: string) => void
}

export interface DrainsReport {
  readonly cache: CacheBefore
  readonly rounds: readonly BacklogReport[]
  /** Payments a second, to the last event. */
  readonly publishedPerS: Spread
  /** To the last post. */
  readonly committedPerS: Spread
  /** Published against committed, round by round. */
  readonly ratio: Spread
}

export interface EventsReport {
  readonly bench: 'events'
  readonly machine: Machine
  readonly calibration: Calibration
  readonly drains: readonly DrainsReport[]
  readonly goals: readonly JudgedGoal[]
}

const PUBLISHED_PER_S = 12_000

/** @throws what {@link runBacklog} and {@link makeCache} throw */
export async function runEvents({ target, rounds, payments, stop, say }: EventsBench): Promise<EventsReport> {
  const { cluster, accounts } = target
  const window = new CalibratedWindow(() => [])
  const contestants = CACHES.map((cache) => ({
    name: cache,
    run: async (round: number): Promise<BacklogReport> => {
      const makeReady = () => makeCache(cache, target, stop)
      const report = await runBacklog({ cluster, accounts, payments, until: 'published', makeReady, stop, say })
      const rate = Math.round(report.publishedPerS ?? NaN).toLocaleString('en')
      say(`round ${round + 1}  ${nameOf(cache).padEnd(28)} ${rate} payments/s`)
      return report
    },
  }))
  const measured = await alternate(contestants, rounds, stop)
  const drains = CACHES.map((cache) => drainsReport(cache, measured.find(({ name }) => name === cache)?.rounds ?? []))
  // The workers end and begin between the drains: who else was busy is known of the drains alone.
  const others = drains.flatMap((drain) => drain.rounds.flatMap(({ usage }) => usage?.otherCores ?? []))
  const calibration = window.end(others.length === 0 ? undefined : Math.max(...others))
  return { bench: 'events', machine: describeMachine(), calibration, drains, goals: eventGoals(drains) }
}

export const nameOf = (cache: CacheBefore): string =>
  cache === 'empty' ? 'cache empty before' : 'all statements cached before'

/** Pure. @param rounds  at least one */
export function drainsReport(cache: CacheBefore, rounds: readonly BacklogReport[]): DrainsReport {
  const published = rounds.map(({ publishedPerS }) => publishedPerS ?? NaN)
  const committed = rounds.map(({ committedPerS }) => committedPerS)
  return {
    cache,
    rounds,
    publishedPerS: spreadOf(published),
    committedPerS: spreadOf(committed),
    ratio: ratioOf(published, committed),
  }
}

/** Pure. For two cores with the bench on them. */
export const eventGoals = (drains: readonly DrainsReport[]): JudgedGoal[] =>
  drains.map(({ cache, publishedPerS }) =>
    judge(
      { what: `posted, cached and published, ${nameOf(cache)}`, unit: 'payments/s', atLeast: PUBLISHED_PER_S },
      publishedPerS,
    ),
  )
