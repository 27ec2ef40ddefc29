/**
 * How fast the workers get through a backlog to its end: posted, written to the cache, and every event on the log, which
 * is what comes last. Against the posting alone, of the same drains.
 */
import { CalibratedWindow, describeMachine, type Calibration, type Machine } from '../common/calibration.ts'
import { judge, type JudgedGoal } from '../common/goals.ts'
import { alternate, ratioOf, spreadOf, type Spread } from '../common/rounds.ts'
import { runBacklog, type BacklogBench, type BacklogReport } from './run-backlog.ts'

export interface EventsReport {
  readonly bench: 'events'
  readonly machine: Machine
  readonly calibration: Calibration
  readonly rounds: readonly BacklogReport[]
  /** Payments a second, to the last event. */
  readonly publishedPerS: Spread
  /** To the last post. */
  readonly committedPerS: Spread
  /** Published against committed, round by round. */
  readonly ratio: Spread
  readonly goals: readonly JudgedGoal[]
}

const PUBLISHED_PER_S = 12_000

/** @throws what {@link runBacklog} throws */
export async function runEvents({
  rounds,
  ...backlog
}: Omit<BacklogBench, 'until'> & { readonly rounds: number }): Promise<EventsReport> {
  const window = new CalibratedWindow(() => [])
  const contestant = {
    name: 'events',
    run: async (round: number): Promise<BacklogReport> => {
      const report = await runBacklog({ ...backlog, until: 'published' })
      backlog.say(`round ${round + 1}  ${Math.round(report.publishedPerS ?? NaN).toLocaleString('en')} payments/s`)
      return report
    },
  }
  const [measured] = await alternate([contestant], rounds, backlog.stop)
  const reports = measured?.rounds ?? []
  // The workers end and begin between the drains: who else was busy is known of the drains alone.
  const others = reports.flatMap(({ usage }) => usage?.otherCores ?? [])
  return eventsReport(reports, window.end(others.length === 0 ? undefined : Math.max(...others)))
}

/** Pure but for the machine's description. */
export function eventsReport(rounds: readonly BacklogReport[], calibration: Calibration): EventsReport {
  const published = rounds.map(({ publishedPerS }) => publishedPerS ?? NaN)
  const committed = rounds.map(({ committedPerS }) => committedPerS)
  const publishedPerS = spreadOf(published)
  return {
    bench: 'events',
    machine: describeMachine(),
    calibration,
    rounds,
    publishedPerS,
    committedPerS: spreadOf(committed),
    ratio: ratioOf(published, committed),
    goals: [
      judge(
        { what: 'posted, cached and published from a backlog', unit: 'payments/s', atLeast: PUBLISHED_PER_S },
        publishedPerS,
      ),
    ],
  }
}
